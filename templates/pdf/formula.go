package pdf

import (
	"go/ast"
	"go/parser"
	"go/token"

	"github.com/echelon-hr/echelon/jobs"
)

// formula writes a KPI's formula with the names of its inputs in words. A formula that cannot be read is shown
// as it is.
func (r *role) formula(k jobs.KPI) string {
	e, err := parser.ParseExpr(k.Formula)
	if err != nil {
		return k.Formula
	}
	return r.formulaPart(k, e)
}

func (r *role) formulaPart(k jobs.KPI, e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		for _, in := range k.Inputs {
			if in.Name == e.Name && !in.Label.IsZero() {
				return in.Label.String(r.lang)
			}
		}
		return e.Name
	case *ast.BasicLit:
		return e.Value
	case *ast.ParenExpr:
		return "(" + r.formulaPart(k, e.X) + ")"
	case *ast.BinaryExpr:
		sign := map[token.Token]string{token.ADD: "+", token.SUB: "–", token.MUL: "×", token.QUO: "÷"}[e.Op]
		return r.formulaPart(k, e.X) + "\u00a0" + sign + " " + r.formulaPart(k, e.Y)
	case *ast.CallExpr:
		if len(e.Args) == 1 {
			return "|" + r.formulaPart(k, e.Args[0]) + "|"
		}
	}
	return k.Formula
}
