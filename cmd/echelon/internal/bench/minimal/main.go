// Command minimal is what the product is measured against: the least program of the same parts. It opens an SQLite
// file, answers one plain address and one that reads the database, and does nothing else.
package main

import (
	"context"
	"database/sql"
	"fmt"
	"os"

	"github.com/gofiber/fiber/v2"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	_ "modernc.org/sqlite" // the driver "sqlite"
)

func main() {
	if err := run(os.Getenv("MINIMAL_ADDR"), os.Getenv("MINIMAL_DATABASE")); err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "minimal: "+err.Error())
		os.Exit(1)
	}
}

func run(addr, file string) error {
	pool, err := sql.Open("sqlite", "file:"+file)
	if err != nil {
		return err
	}
	db := bun.NewDB(pool, sqlitedialect.New())
	defer func() { _ = db.Close() }()
	if _, err := db.ExecContext(context.Background(), "CREATE TABLE IF NOT EXISTS visits (n INTEGER)"); err != nil {
		return err
	}
	app := fiber.New(fiber.Config{DisableStartupMessage: true})
	app.Get("/hello", func(c *fiber.Ctx) error { return c.SendString("hello") })
	app.Get("/readyz", func(c *fiber.Ctx) error {
		n, err := db.NewSelect().Table("visits").Count(c.UserContext())
		if err != nil {
			return err
		}
		return c.SendString(fmt.Sprint(n))
	})
	return app.Listen(addr)
}
