package main
import ("testing";"os";"context";"fmt";"time")
func TestScratch(t *testing.T){ b,err:=newBench(context.Background(),1,os.Stderr); if err!=nil{t.Fatal(err)}
 s,err:=b.site("sqlite"); if err!=nil{t.Fatal(err)}
 st:=time.Now()
 m,err:=invent(b.ctx,s.Services.Jobs,s.Services.Competencies,b.reader); if err!=nil{t.Fatal(err)}
 fmt.Println("invent",time.Since(st),len(m.terms)); st=time.Now()
 if err:=m.insert(b.ctx,s.DB);err!=nil{t.Fatal(err)}
 fmt.Println("insert",time.Since(st)); st=time.Now()
 for _,q:=range m.queries[:20]{fmt.Println(q)}
 s.DB.ExecContext(b.ctx,"VACUUM INTO '/tmp/benchx/many.db'")
 if os.Getenv("TEST_POSTGRES_DSN")!="" { p,err:=b.site("postgresql"); if err!=nil{t.Fatal(err)}
  st=time.Now()
  if err:=m.insert(b.ctx,p.DB);err!=nil{t.Fatal(err)}
  fmt.Println("insert",time.Since(st)) }
}
