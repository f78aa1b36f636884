package jobs

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"math/big"
	"regexp"

	"github.com/echelon-hr/echelon/app/lang"
)

// KPI is a measure: a formula over named inputs, kept as data so that it can be shown, checked and
// computed. Its result is a ratio, shown in percent.
type KPI struct {
	ID      KPIID      `json:"-"`
	Slug    string     `json:"slug" validate:"required,slug"`
	Name    lang.Text  `json:"name" validate:"bilingual=120,line"`
	Meaning lang.Text  `json:"meaning" validate:"bilingual=300"`
	Unit    string     `json:"unit" validate:"oneof=percent"`
	Formula string     `json:"formula" validate:"required,max=200,line"` // names, numerals, + - * / ( ) and abs()
	Inputs  []KPIInput `json:"inputs" validate:"min=1,max=8,unique=Name,dive"`
}

// KPIInput is a named input of a formula.
type KPIInput struct {
	Name  string    `json:"name" validate:"required,max=40,line"`
	Label lang.Text `json:"label" validate:"bilingual=120,line"`
}

// ErrNotAvailable says that a figure cannot be computed from these inputs, because one is missing or a
// denominator is zero. It is shown as "n/a", never as 0.
var ErrNotAvailable = errors.New("not available")

// Eval computes the formula exactly over decimal inputs. A zero denominator or a missing input gives
// ErrNotAvailable; a formula that cannot be read gives another error.
func (k KPI) Eval(inputs map[string]string) (*big.Rat, error) {
	expr, err := parser.ParseExpr(k.Formula)
	if err != nil {
		return nil, fmt.Errorf("formula of %s: %w", k.Slug, err)
	}
	return evaluate(expr, inputs)
}

func evaluate(e ast.Expr, inputs map[string]string) (*big.Rat, error) {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return evaluate(e.X, inputs)
	case *ast.BasicLit:
		return numeral(e.Value)
	case *ast.Ident:
		s, ok := inputs[e.Name]
		if !ok {
			return nil, fmt.Errorf("input %s: %w", e.Name, ErrNotAvailable)
		}
		return numeral(s)
	case *ast.CallExpr:
		return evaluateAbs(e, inputs)
	case *ast.BinaryExpr:
		return evaluateBinary(e, inputs)
	default:
		return nil, fmt.Errorf("formula part %T is not allowed", e)
	}
}

// plain is a decimal as formulas and inputs write it; what else big.Rat reads (1/3, 1e999999999, 0x1f) is none.
var plain = regexp.MustCompile(`^-?[0-9]{1,30}(?:\.[0-9]{1,30})?$`)

func numeral(s string) (*big.Rat, error) {
	if !plain.MatchString(s) {
		return nil, fmt.Errorf("%q is not a decimal number", s)
	}
	r, _ := new(big.Rat).SetString(s)
	return r, nil
}

func evaluateAbs(e *ast.CallExpr, inputs map[string]string) (*big.Rat, error) {
	if name, ok := e.Fun.(*ast.Ident); !ok || name.Name != "abs" || len(e.Args) != 1 {
		return nil, errors.New("only abs(…) may be called in a formula")
	}
	x, err := evaluate(e.Args[0], inputs)
	if err != nil {
		return nil, err
	}
	return x.Abs(x), nil
}

func evaluateBinary(e *ast.BinaryExpr, inputs map[string]string) (*big.Rat, error) {
	x, err := evaluate(e.X, inputs)
	if err != nil {
		return nil, err
	}
	y, err := evaluate(e.Y, inputs)
	if err != nil {
		return nil, err
	}
	switch e.Op {
	case token.ADD:
		return x.Add(x, y), nil
	case token.SUB:
		return x.Sub(x, y), nil
	case token.MUL:
		return x.Mul(x, y), nil
	case token.QUO:
		if y.Sign() == 0 {
			return nil, ErrNotAvailable
		}
		return x.Quo(x, y), nil
	default:
		return nil, fmt.Errorf("operator %s is not allowed in a formula", e.Op)
	}
}

// Percent writes a ratio in percent with at most two decimals, rounded half up, without trailing zeros: "110", "33.33".
func Percent(r *big.Rat) string {
	hundredths := new(big.Rat).Mul(r, big.NewRat(10000, 1))
	n := new(big.Int).Quo(new(big.Int).Add(new(big.Int).Mul(new(big.Int).Abs(hundredths.Num()), big.NewInt(2)), hundredths.Denom()),
		new(big.Int).Mul(hundredths.Denom(), big.NewInt(2)))
	q, rem := new(big.Int).QuoRem(n, big.NewInt(100), new(big.Int))
	s := q.String()
	if rem.Sign() != 0 {
		s += fmt.Sprintf(".%02d", rem.Int64())
		if s[len(s)-1] == '0' {
			s = s[:len(s)-1]
		}
	}
	if r.Sign() < 0 && n.Sign() != 0 {
		s = "-" + s
	}
	return s
}
