package dict

import (
	"fmt"
	"time"
)

// Default returns the dictionary that a new database begins with. Now is when its first user, system, was created.
func (k Kind) Default(now time.Time) []byte {
	if k == Users {
		return fmt.Appendf(nil, "# code|name|created_at\n0|%s|%s\n", System, now.UTC().Format(time.RFC3339))
	}
	return []byte(`# code|name|description
0|delete|the table was deleted
1|create|the table was created
2|update|rows were written
3|rollback|an older content was brought back
4|compact|older deltas were folded into a snapshot
5|init|the table began with the database
6|snapshot|a delta that stands alone was stored
7|automerge|two versions were merged
8|merge-conflicts|two versions were merged and conflicts recorded
9|resolve|conflicts were settled
10|schema|a schema was set
11|import|rows came from elsewhere
`)
}
