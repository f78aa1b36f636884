package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/echelon-hr/echelon/app"
	"github.com/echelon-hr/echelon/app/access"
	"github.com/echelon-hr/echelon/app/accounts"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/mailbox"
)

func userCommand(env *environment) *cobra.Command {
	var in accounts.NewAccount
	var roles []string
	var speaks string
	add := &cobra.Command{
		Use: "add EMAIL", Short: "Make an account and print the link at which its owner chooses a password",
		Args: exactly(1, "one e-mail address"),
		RunE: func(c *cobra.Command, args []string) error {
			in.Email, in.Lang, in.Roles = args[0], lang.Lang(speaks), nil
			for _, r := range roles {
				in.Roles = append(in.Roles, actor.Role(r))
			}
			return env.existing(c.Context(), func(a *app.App) error {
				_, path, err := a.Services.Accounts.Create(c.Context(), actor.CommandLine(), in)
				return printLink(env, a, path, err, "valid for 7 days")
			})
		},
	}
	add.Flags().StringVar(&in.Name, "name", "", "full name (required)")
	add.Flags().StringArrayVar(
		&roles, "role", nil, "recruiter, hr, compensation or administrator; may be given several times",
	)
	add.Flags().StringVar(&speaks, "lang", "fr", "fr or en: language of pages and letters")
	var codes bool
	const resets = "End an account's sessions, password and tokens, and print the link for a new password"
	reset := onAccount(env, "reset EMAIL", resets, func(c *cobra.Command, a *app.App, x accounts.Account) error {
		in := accounts.ResetInput{Codes: codes}
		path, err := a.Services.Accounts.ResetProofs(c.Context(), actor.CommandLine(), x.ID, in)
		return printLink(env, a, path, err, "valid for 30 minutes")
	})
	var name, email, tongue string
	const edits = "Correct an account's name, address or language"
	edit := onAccount(env, "edit EMAIL", edits, func(c *cobra.Command, a *app.App, x accounts.Account) error {
		in := accounts.Details{
			Email: cmp.Or(email, x.Email), Name: cmp.Or(name, x.Name), Lang: cmp.Or(lang.Lang(tongue), x.Lang),
		}
		return sayDone(env, "corrected", x, a.Services.Accounts.Change(c.Context(), actor.CommandLine(), x.ID, in))
	})
	edit.Flags().StringVar(&name, "name", "", "full name")
	edit.Flags().StringVar(&email, "email", "", "e-mail address")
	edit.Flags().StringVar(&tongue, "lang", "", "fr or en: language of pages and letters")
	reset.Flags().BoolVar(&codes, "codes", false, "remove the account's one-time codes too")
	const disables = "Take an account out of use: its sessions and tokens end at once"
	disable := onAccount(env, "disable EMAIL", disables, func(c *cobra.Command, a *app.App, x accounts.Account) error {
		return sayDone(env, "disabled", x, a.Services.Accounts.Disable(c.Context(), actor.CommandLine(), x.ID))
	})
	const enables = "Put an account in use again"
	enable := onAccount(env, "enable EMAIL", enables, func(c *cobra.Command, a *app.App, x accounts.Account) error {
		return sayDone(env, "enabled", x, a.Services.Accounts.Enable(c.Context(), actor.CommandLine(), x.ID))
	})
	return choice(&cobra.Command{Use: "user", Short: "Manage accounts"}, add, edit, reset, disable, enable, listUsers(env))
}

// deed does something to one account.
type deed = func(c *cobra.Command, a *app.App, x accounts.Account) error

// onAccount makes a command that does something to the account it names.
func onAccount(env *environment, use, short string, do deed) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Args: exactly(1, "one e-mail address"),
		RunE: func(c *cobra.Command, args []string) error {
			return env.existing(c.Context(), func(a *app.App) error {
				x, err := a.Services.Accounts.FindByEmail(c.Context(), actor.CommandLine(), args[0])
				if fault.Is(err, fault.NotFound) {
					return fmt.Errorf("there is no account with the address %q; see `echelon user list`", args[0])
				}
				if err != nil {
					return err
				}
				return explain(do(c, a, x))
			})
		},
	}
}

// sayDone tells what was done to an account, unless it failed.
func sayDone(env *environment, what string, x accounts.Account, err error) error {
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(env.stdout, "%s: %s\n", what, mailbox.Shown(x.Email))
	return err
}

// explain puts what can go wrong in terms of the command line.
func explain(err error) error {
	f := fault.Of(err)
	switch {
	case err == nil:
		return nil
	case f.Code == "last_administrator":
		return errors.New(
			"no administrator would be left: make another one first, with `echelon user add EMAIL --role administrator`",
		)
	case f.Kind == fault.Invalid && len(f.Fields) > 0:
		var parts []string
		for _, x := range f.Fields {
			parts = append(parts, strings.TrimSpace(x.Path+" "+x.Rule+" "+x.Param))
		}
		return usageError{fmt.Errorf("not acceptable: %s", strings.Join(parts, "; "))}
	}
	return err
}

func printLink(env *environment, a *app.App, path string, err error, good string) error {
	if err != nil {
		return explain(err)
	}
	if _, err = fmt.Fprintf(env.stdout, "%s%s\n(works once, %s)\n", a.Settings.BaseURL, path, good); err != nil ||
		env.getenv("ECHELON_BASE_URL") != "" {
		return err
	}
	_, err = fmt.Fprintln(
		env.stderr, "Where your site answers elsewhere, put its address before /sign-in, or set ECHELON_BASE_URL.",
	)
	return err
}

func listUsers(env *environment) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use: "list", Short: "List the accounts", Args: exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			return env.existing(c.Context(), func(a *app.App) error {
				list, err := allAccounts(c.Context(), a)
				if err != nil {
					return err
				}
				return printAccounts(env, list, asJSON)
			})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

// allAccounts reads the list of accounts page by page.
func allAccounts(ctx context.Context, a *app.App) ([]accounts.Account, error) {
	var out []accounts.Account
	for f := (accounts.AccountFilter{Limit: accounts.MaxLimit}); ; {
		page, err := a.Services.Accounts.List(ctx, actor.CommandLine(), f)
		if err != nil {
			return nil, err
		}
		out = append(out, page.Items...)
		if f.After = page.Next; f.After == "" {
			return out, nil
		}
	}
}

func printAccounts(env *environment, list []accounts.Account, asJSON bool) error {
	type row struct {
		Email    string       `json:"email"`
		Name     string       `json:"name"`
		Roles    []actor.Role `json:"roles"`
		Disabled bool         `json:"disabled"`
	}
	rows := make([]row, 0, len(list))
	for _, x := range list {
		rows = append(rows, row{mailbox.Shown(x.Email), x.Name, append([]actor.Role{}, x.Roles...), x.Disabled()})
	}
	if asJSON {
		return json.NewEncoder(env.stdout).Encode(rows)
	}
	for _, r := range rows {
		words := make([]string, 0, len(r.Roles)+1)
		for _, role := range r.Roles {
			words = append(words, string(role))
		}
		if r.Disabled {
			words = append(words, "(disabled)")
		}
		if _, err := fmt.Fprintf(env.stdout, "%-36s %-28s %s\n", r.Email, r.Name, strings.Join(words, " ")); err != nil {
			return err
		}
	}
	return nil
}

func tokenCommand(env *environment) *cobra.Command {
	var in accounts.TokenInput
	add := &cobra.Command{
		Use: "add EMAIL", Short: "Make an API token for an account and print it, this once",
		Args: exactly(1, "one e-mail address"),
		Long: "Make an API token for an account and print it, this once. It is sent as `Authorization: Bearer TOKEN` and " +
			"has at most its owner's rights.\n\nScopes: " + strings.Join(access.Scopes(), " "),
		RunE: func(c *cobra.Command, args []string) error {
			return env.existing(c.Context(), func(a *app.App) error {
				text, err := a.Services.Accounts.CreateTokenFor(c.Context(), actor.CommandLine(), args[0], in)
				if fault.Is(err, fault.NotFound) {
					return fmt.Errorf("there is no account with the address %q; see `echelon user list`", args[0])
				}
				if err != nil {
					return explain(err)
				}
				_, err = fmt.Fprintln(env.stdout, text)
				return err
			})
		},
	}
	add.Flags().StringVar(&in.Name, "name", "command line", "what the token is for")
	add.Flags().StringArrayVar(
		&in.Scopes, "scope", []string{access.ScopeRead}, "what it may do; may be given several times",
	)
	add.Flags().IntVar(&in.Days, "days", 90, "how many days it works, 366 at most")
	return choice(&cobra.Command{Use: "token", Short: "Manage API tokens"}, add)
}
