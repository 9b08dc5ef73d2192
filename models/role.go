package models

// Permission is a set of rights over the instance, as the bits of Mastodon's roles: clients read them.
type Permission uint32

// The rights that mean something here.
const (
	PermitEverything    Permission = 1 << 0
	PermitAuditLog      Permission = 1 << 2
	PermitDashboard     Permission = 1 << 3
	PermitReports       Permission = 1 << 4
	PermitFederation    Permission = 1 << 5
	PermitSettings      Permission = 1 << 6
	PermitBlocks        Permission = 1 << 7
	PermitTaxonomies    Permission = 1 << 8
	PermitUsers         Permission = 1 << 10
	PermitRules         Permission = 1 << 12
	PermitAnnouncements Permission = 1 << 13
	PermitEmoji         Permission = 1 << 14
	PermitRoles         Permission = 1 << 17
	PermitUserAccess    Permission = 1 << 18
	PermitDeleteData    Permission = 1 << 19
)

const (
	moderating    = PermitAuditLog | PermitDashboard | PermitReports | PermitUsers | PermitTaxonomies
	administering = moderating | PermitFederation | PermitSettings | PermitBlocks | PermitRules | PermitAnnouncements |
		PermitEmoji | PermitRoles | PermitUserAccess | PermitDeleteData
)

// Role is what an account may do on its instance. The ids are those that Mastodon gives its roles at the start.
type Role struct {
	ID          int64
	Key         string // as Account.Role has it
	Name        string // for people; "" for members
	Permissions Permission
	Rank        int // whoever moderates must rank higher than whom they moderate
}

// Roles lists all roles, the lowest first. This is the one place that says what each may do (security case G26).
func Roles() []Role {
	return []Role{
		{ID: -99, Key: RoleMember},
		{ID: 1, Key: RoleModerator, Name: "Moderator", Permissions: moderating, Rank: 1},
		{ID: 2, Key: RoleAdmin, Name: "Admin", Permissions: administering, Rank: 2},
		{ID: 3, Key: RoleOwner, Name: "Owner", Permissions: administering | PermitEverything, Rank: 3},
	}
}

// RoleOf gives an account's role; that of a member for nil and for a word that is none.
func RoleOf(a *Account) Role {
	all := Roles()
	for _, role := range all {
		if a != nil && role.Key == a.Role {
			return role
		}
	}
	return all[0]
}

// May reports whether the role has all of some rights.
func (r Role) May(wanted Permission) bool { return r.Permissions&wanted == wanted }

// RolesWith gives the keys of the roles that have all of some rights.
func RolesWith(wanted Permission) []string {
	var keys []string
	for _, role := range Roles() {
		if role.May(wanted) {
			keys = append(keys, role.Key)
		}
	}
	return keys
}
