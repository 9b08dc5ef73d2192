package app

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"praxis/handlers/desk"
	"praxis/internal/media"
	"praxis/models"
)

// How long ago a backup and a test letter may be.
const (
	backupAge = 7 * 24 * time.Hour
	// checkPatience is how long all looks at the instance may take together.
	checkPatience = 10 * time.Second
)

func many(n int64, one, several string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, several)
}

func formatMoment(at models.Timestamp) string { return strconv.FormatInt(int64(at), 10) }

// examine looks at what an instance needs, and tells what is left to do. Each look is at the thing itself.
func (a *App) examine(ctx context.Context) []desk.Check {
	ctx, cancel := context.WithTimeout(ctx, checkPatience)
	defer cancel()
	tx := a.Store.Read(ctx)
	var checks []desk.Check
	for _, look := range []func(context.Context, *models.Tx) (desk.Check, error){
		a.checkName, a.checkRules, a.checkMail, a.checkBackup, a.checkCommunity, a.checkPartners, a.checkAdmins, a.checkMedia, a.checkDisk, a.checkClock,
	} {
		check, err := look(ctx, tx)
		if err != nil {
			check.State, check.Found = desk.CheckBad, "It could not be looked at: "+models.ErrorMessage(err)
			a.log.WarnContext(ctx, "check failed", "check", check.Name, "error", err)
		}
		if check.Name != "" {
			checks = append(checks, check)
		}
	}
	return checks
}

func (a *App) checkName(context.Context, *models.Tx) (desk.Check, error) {
	check := desk.Check{Name: "Name and description", State: desk.CheckGood, Found: a.name(), Where: "/admin/settings?find=name", Action: "See the settings"}
	var missing []string
	if a.Config.Name == "" {
		missing = append(missing, "name")
	}
	if a.Config.Description == "" {
		missing = append(missing, "description")
	}
	if a.Config.ContactEmail == "" {
		missing = append(missing, "contact_email")
	}
	if len(missing) > 0 {
		check.State = desk.CheckOpen
		check.Found = "People do not learn whose server this is."
		check.Advice = "Set " + strings.Join(missing, ", ") + " in the configuration, and start the server again."
	}
	return check, nil
}

func (a *App) checkRules(_ context.Context, tx *models.Tx) (desk.Check, error) {
	check := desk.Check{Name: "Rules", State: desk.CheckGood, Where: "/admin/rules", Action: "Write rules"}
	rules, err := tx.Rules()
	if check.Found = many(int64(len(rules)), "rule", "rules") + "."; len(rules) == 0 {
		check.State, check.Found, check.Advice = desk.CheckOpen, "There are no rules yet.", "Say in a few sentences what is asked of members."
	}
	return check, err
}

func (a *App) checkMail(_ context.Context, tx *models.Tx) (desk.Check, error) {
	check := desk.Check{Name: "Mail", Where: "/admin/settings?find=smtp", Action: "See the settings", State: desk.CheckOpen}
	if a.postman.sender == nil {
		check.Found = "No mail server is set: nobody can set a forgotten password anew."
		check.Advice = "Set smtp_host in the configuration, and start the server again."
		return check, nil
	}
	tested, err := momentOf(tx, models.SettingMailTested)
	if tested.IsZero() {
		check.Found, check.Advice = "A mail server is set, and no letter was tried yet.", "Send a test letter below, on this page."
		check.Where, check.Action = "/admin#well", "Send a test letter"
		return check, err
	}
	check.State, check.Found = desk.CheckGood, "The mail server took a test letter on "+tested.Time().UTC().Format("2 Jan 2006")+"."
	return check, err
}

func momentOf(tx *models.Tx, key string) (models.Timestamp, error) {
	text, err := tx.Setting(key)
	at, _ := strconv.ParseInt(text, 10, 64)
	return models.Timestamp(at), err
}

func (a *App) checkBackup(_ context.Context, tx *models.Tx) (desk.Check, error) {
	check := desk.Check{Name: "Backup", State: desk.CheckOpen, Where: "/admin/jobs", Action: "See the jobs", Advice: "Let praxis backup run every night, by cron or a timer, and keep its files on another machine."}
	at, err := momentOf(tx, models.SettingBackedUp)
	switch {
	case err != nil:
	case at.IsZero():
		check.Found = "No backup was made yet."
	case tx.Now().Since(at) > backupAge:
		check.Found = "The last backup is of " + at.Time().UTC().Format("2 Jan 2006") + "."
	default:
		check.State, check.Advice, check.Found = desk.CheckGood, "", "The last one is of "+at.Time().UTC().Format("2 Jan 2006, 15:04 UTC")+"."
	}
	return check, err
}

func (a *App) checkCommunity(_ context.Context, tx *models.Tx) (desk.Check, error) {
	check := desk.Check{Name: "First community", State: desk.CheckGood, Where: "/admin/communities/new", Action: "Found a community"}
	n, err := tx.Statistics()
	if check.Found = many(n.Communities, "community", "communities") + "."; n.Communities == 0 {
		check.State, check.Found, check.Advice = desk.CheckOpen, "There is no community yet.", "Found one, and invite its first members."
	}
	return check, err
}

func (a *App) checkPartners(_ context.Context, tx *models.Tx) (desk.Check, error) {
	check := desk.Check{Name: "Other organizations", State: desk.CheckGood, Where: "/admin/federation", Action: "Decide"}
	rules, err := tx.FederationRules()
	if err != nil {
		return check, err
	}
	n, err := tx.Statistics()
	if err != nil {
		return check, err
	}
	switch {
	case rules.StoppedAt != 0:
		check.State, check.Found, check.Advice = desk.CheckBad, "Federation is stopped.", "Let it go on, or it is closed for good 72 hours after the stop."
	case n.Peers == 0:
		check.State, check.Found = desk.CheckOpen, fmt.Sprintf("The mode is %s, and nobody elsewhere is known yet.", rules.Mode)
		check.Advice = "Propose a partnership to the first organization, or decide with whom else this server speaks."
		check.Where, check.Action = "/admin/partners/new", "Propose a partnership"
	default:
		check.Found = fmt.Sprintf("The mode is %s. Known here: %s.", rules.Mode, many(n.Peers, "other server", "other servers"))
	}
	return check, nil
}

func (a *App) checkAdmins(_ context.Context, tx *models.Tx) (desk.Check, error) {
	check := desk.Check{Name: "A second admin", State: desk.CheckGood, Where: "/admin/accounts", Action: "Choose somebody"}
	n, err := tx.CountRole(models.RolesWith(models.PermitRoles)...)
	if check.Found = fmt.Sprintf("%d people administer this server.", n); n < 2 {
		check.State, check.Found = desk.CheckOpen, "Only one person administers this server."
		check.Advice = "Make somebody else an admin, for the day when you are away."
	}
	return check, err
}

// checkMedia puts a file where uploads go, reads it and takes it away.
func (a *App) checkMedia(ctx context.Context, _ *models.Tx) (desk.Check, error) {
	check := desk.Check{Name: "Media storage", State: desk.CheckGood, Found: "A file can be written, read and deleted.", Where: "/admin/storage", Action: "See the storage"}
	store := a.Service.Media().Store
	if store == nil {
		check.State, check.Found = desk.CheckBad, "No place for uploads is set."
		return check, nil
	}
	const words = "a look at the storage"
	name := media.NewName(media.Waiting)
	if err := store.Put(ctx, name, strings.NewReader(words)); err != nil {
		return a.mediaFault(ctx, check, err), nil
	}
	defer func() { _ = store.Delete(ctx, name) }()
	file, err := store.Open(ctx, name)
	if err != nil {
		return a.mediaFault(ctx, check, err), nil
	}
	defer file.Close()
	if read, err := io.ReadAll(io.LimitReader(file, 100)); err != nil || string(read) != words {
		return a.mediaFault(ctx, check, fmt.Errorf("what was read is not what was written: %w", err)), nil
	}
	return check, nil
}

func (a *App) mediaFault(ctx context.Context, check desk.Check, err error) desk.Check {
	a.log.WarnContext(ctx, "media storage does not work", "error", err)
	check.State, check.Found = desk.CheckBad, "Files cannot be kept: uploads fail."
	check.Advice = "See the log for the fault. The folder must be writable, or the store reachable with its key."
	return check
}

func (a *App) checkDisk(context.Context, *models.Tx) (desk.Check, error) {
	free, all, err := diskSpace(a.Config.MediaDir)
	if err != nil || all == 0 {
		return desk.Check{}, nil //nolint:nilerr // not every system tells
	}
	check := desk.Check{Name: "Disk", State: desk.CheckGood, Where: "/admin/storage", Action: "See the storage", Found: fmt.Sprintf("%d %% are free.", free*100/all)}
	if free*10 < all {
		check.State, check.Advice = desk.CheckOpen, "Make room, or give the server a larger disk, before uploads and the database fail."
	}
	return check, nil
}

func (a *App) checkClock(context.Context, *models.Tx) (desk.Check, error) {
	check := desk.Check{Name: "Clock", State: desk.CheckGood, Where: "/admin/peers", Action: "See deliveries"}
	ahead, heard := a.clock.ahead()
	switch {
	case !heard:
		return desk.Check{}, nil // nobody to compare with yet
	case ahead.Abs() > clockTolerance:
		check.State, check.Found = desk.CheckBad, fmt.Sprintf("This machine's clock differs by %s from those of other servers.", ahead.Round(time.Second).Abs())
		check.Advice = "Let the machine keep its time by NTP: others refuse what it signs."
	default:
		check.Found = "It agrees with those of other servers."
	}
	return check, nil
}

// storagePlace says where uploads are kept.
func (a *App) storagePlace() desk.Storage {
	if a.Config.S3Endpoint != "" {
		return desk.Storage{Kind: "bucket", Place: a.Config.S3Bucket + " at " + a.Config.S3Endpoint}
	}
	return desk.Storage{Kind: "folder", Place: a.Config.MediaDir, Free: func() (uint64, uint64, error) { return diskSpace(a.Config.MediaDir) }}
}
