package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/base32"
	"fmt"
	"strings"
	"text/tabwriter"

	"praxis/cmd/app"
	"praxis/internal/password"
	"praxis/models"
	"praxis/practice"
)

type userCommand struct {
	Create   userCreateCommand   `cmd:"" help:"Create a user; the password is read from stdin or made up and shown."`
	Password userPasswordCommand `cmd:"" help:"Set a user's password and end all sessions and tokens of the user."`
	List     userListCommand     `cmd:"" help:"List all users, with what they wait for."`
	Approve  userApproveCommand  `cmd:"" help:"Let somebody in who signed up."`
	Reject   userRejectCommand   `cmd:"" help:"Turn somebody away who signed up; nothing of them is kept."`
	Confirm  userConfirmCommand  `cmd:"" help:"Take a user's e-mail address for confirmed."`
	Disable  userDisableCommand  `cmd:"" help:"Keep a user from signing in, and end all sessions."`
	Enable   userEnableCommand   `cmd:"" help:"Let a disabled user sign in again."`
	Role     userRoleCommand     `cmd:"" help:"Give a user a role: owner, admin, moderator or member."`
	Glass    userGlassCommand    `cmd:"" name:"break-glass" help:"Let an admin's password count where local_sign_in is break-glass."`
	Factors  userFactorsCommand  `cmd:"" name:"2fa-reset" help:"Take all second factors from a user who lost them, and end all sessions."`
	Alias    userAliasCommand    `cmd:"" help:"Name another account as the user's own, which may then move here; or show those that are named."`
	Move     userMoveCommand     `cmd:"" help:"Move a user to another account, which names this one as its own."`
	Leave    userLeaveCommand    `cmd:"" help:"Say that a user left the organization: access ends, the grace begins."`
	Return   userReturnCommand   `cmd:"" help:"Take back that a user left."`
	Import   userImportCommand   `cmd:"" help:"Bring a list of a user's along from another server, as a CSV file of Mastodon's form."`
	Export   userExportCommand   `cmd:"" help:"Write an archive of all that is a user's own."`
	Record   userRecordCommand   `cmd:"" help:"Write the signed record of a user's contributions."`
	Delete   userDeleteCommand   `cmd:"" help:"Delete a user for good, here and on other servers."`
}

type userCreateCommand struct {
	Name        string `arg:"" help:"User name: 1 to 30 of a-z, 0-9 and _."`
	DisplayName string `help:"Name as shown to people."`
	Email       string `help:"E-mail address to sign in with, beside the name."`
	Admin       bool   `help:"May administer the instance."`
	BreakGlass  bool   `help:"An emergency account: an admin whose password counts where local_sign_in is break-glass."`
	Stdin       bool   `help:"Read the password from the first line of stdin."`
}

// Run creates a user.
func (u *userCreateCommand) Run(ctx context.Context, std *streams, c *cli) error {
	plain, made, err := choosePassword(std, u.Stdin)
	if err != nil {
		return err
	}
	a, err := c.open(ctx, std)
	if err != nil {
		return err
	}
	defer a.Close()
	actor, err := a.Service.CreateMember(ctx, practice.NewMember{
		Username: u.Name, DisplayName: u.DisplayName, Email: u.Email, Password: plain, Admin: u.Admin || u.BreakGlass,
		BreakGlass: u.BreakGlass,
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(std.out, "created @%s@%s\n", actor.Username, actor.Host)
	return sayPassword(std, plain, made)
}

type userPasswordCommand struct {
	Name  string `arg:"" help:"User name."`
	Stdin bool   `help:"Read the password from the first line of stdin."`
}

// Run sets a password.
func (u *userPasswordCommand) Run(ctx context.Context, std *streams, c *cli) error {
	plain, made, err := choosePassword(std, u.Stdin)
	if err != nil {
		return err
	}
	a, err := c.open(ctx, std)
	if err != nil {
		return err
	}
	defer a.Close()
	actor, err := memberByName(ctx, a, u.Name)
	if err != nil {
		return err
	}
	if err := a.Service.SetPassword(ctx, actor, plain, password.Default()); err != nil {
		return err
	}
	fmt.Fprintf(std.out, "the password of @%s@%s is changed; all its sessions and tokens have ended\n", actor.Username, actor.Host)
	return sayPassword(std, plain, made)
}

type userListCommand struct {
	inJSON `embed:""`
}

// listedUser is a line of the list.
type listedUser struct {
	Name    string `json:"username"`
	Role    string `json:"role"`
	Email   string `json:"email"`
	Created string `json:"created_at"` // a date
	State   string `json:"state"`
}

// Run lists users.
func (u *userListCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return c.with(ctx, std, func(a *app.App) error {
		tx := a.Store.Read(ctx)
		accounts, err := tx.Accounts()
		if err != nil {
			return err
		}
		lines := []listedUser{}
		for i := range accounts {
			account := &accounts[i]
			actor, err := tx.Actor(account.ActorID)
			if err != nil {
				return err
			}
			lines = append(lines, listedUser{
				actor.Username, roleOf(account), account.Email, account.CreatedAt.Time().Format("2006-01-02"), stateOf(actor, account),
			})
		}
		return u.tell(std, lines, func() error {
			table := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
			fmt.Fprintln(table, "NAME\tROLE\tE-MAIL\tCREATED\tSTATE")
			for _, line := range lines {
				fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", line.Name, line.Role, orDash(line.Email), line.Created, line.State)
			}
			return table.Flush()
		})
	})
}

// roleOf names a role, and who gave it where no person did.
func roleOf(account *models.Account) string {
	role := account.Role
	if account.RoleBy != "" {
		role += " (by groups)"
	}
	if account.BreakGlass {
		role += " (emergency)"
	}
	return role
}

func stateOf(actor *models.Actor, account *models.Account) string {
	switch {
	case actor.DeletedAt != 0:
		return "deleted"
	case actor.SuspendedAt != 0 && !account.IsWaiting():
		return "suspended"
	case account.DisabledAt != 0:
		return "disabled"
	case actor.LeftAt != 0:
		return "left on " + actor.LeftAt.Time().Format("2006-01-02")
	case account.ConfirmedAt == 0:
		return "unconfirmed"
	case account.ApprovedAt == 0:
		return "waits for approval"
	}
	return "active"
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// memberByName gives a local member by user name, with or without "@" and host.
func memberByName(ctx context.Context, a *app.App, name string) (*models.Actor, error) {
	user := strings.TrimSuffix(strings.TrimPrefix(strings.ToLower(name), "@"), "@"+a.Config.Host)
	actor, err := a.Store.Read(ctx).ActorByHandle(user, a.Config.Host)
	if models.IsNotFound(err) || (err == nil && actor.Type != models.TypePerson) {
		return nil, usage("there is no user %q here: praxis user list shows all", name)
	}
	return actor, err
}

// choosePassword reads the password from stdin, or makes one that nobody guesses.
func choosePassword(std *streams, fromStdin bool) (plain string, made bool, err error) {
	if !fromStdin {
		var raw [15]byte
		_, _ = rand.Read(raw[:]) // never fails
		return strings.ToLower(base32.StdEncoding.EncodeToString(raw[:])), true, nil
	}
	line, _ := bufio.NewReader(std.in).ReadString('\n') // what could not be read is empty
	plain = strings.TrimRight(line, "\r\n")
	if plain == "" {
		return "", false, usage("no password came on stdin: give it as the first line")
	}
	return plain, false, nil
}

func sayPassword(std *streams, plain string, made bool) error {
	if !made {
		return nil
	}
	_, err := fmt.Fprintf(std.out, "password: %s\n", plain)
	return err
}
