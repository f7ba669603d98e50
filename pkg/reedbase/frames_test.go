package reedbase

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reedbase/reedbase/pkg/fault"
)

// TestBatchAndFrames buys, fails to buy, and takes back.
func TestBatchAndFrames(t *testing.T) {
	db, _, err := Init(t.TempDir(), Options{User: "ada", Trust: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for name, text := range map[string]string{"stock": "key|left\nbolt|1\n", "orders": "id|item\n"} {
		x, _, err := db.Import(name, []byte(text), ImportOptions{})
		if err != nil {
			t.Fatal(err)
		}
		defer x.Close()
	}
	buy := func(id string) []Statement {
		return []Statement{
			{Table: "stock", Key: []string{"bolt"}, Cells: []Assignment{{Column: "left", Value: "1", Operation: Subtract}},
				If: []Condition{{Test: More, Column: "left", Value: "0"}}},
			{Table: "orders", Key: []string{id}, Cells: []Assignment{{Column: "item", Value: "bolt"}}, If: []Condition{{Test: Absent}}},
		}
	}
	bought, err := db.Batch(buy("1"), "the last one")
	if err != nil || bought.Frame == 0 || len(bought.Tables) != 2 || bought.Tables[1].Changed != 1 {
		t.Fatalf("%+v %v", bought, err)
	}
	var at *StatementError
	if _, err := db.Batch(buy("2"), ""); fault.KindOf(err) != fault.No || !errors.As(err, &at) || at.At != 0 {
		t.Errorf("sold twice: %v", err)
	}
	if _, err := db.Batch([]Statement{{Table: "stok", Key: []string{"x"}}}, ""); fault.KindOf(err) != fault.NotFound || fault.HintOf(err) != `did you mean "stock"?` {
		t.Errorf("%v, %s", err, fault.HintOf(err))
	}
	dry, obstacles, err := db.RollbackFrame(bought.Frame, RollbackOptions{Dry: true})
	if err != nil || obstacles == nil && dry.Frame != 0 || len(dry.Tables) != 2 {
		t.Errorf("%+v %v %v", dry, obstacles, err)
	}
	back, _, err := db.RollbackFrame(bought.Frame, RollbackOptions{Message: "changed her mind"})
	if err != nil {
		t.Fatal(err)
	}
	list, err := db.Frames(FrameFilter{User: "ada"})
	if err != nil || len(list) != 2 {
		t.Fatalf("%+v %v", list, err)
	}
	type said struct {
		ID, Of, UndoneBy ID
		Purpose          string
		Tables           []string
		Message          string
	}
	var got []said
	for _, f := range list {
		got = append(got, said{f.ID, f.Of, f.UndoneBy, f.Purpose.String(), f.Tables, f.Message})
	}
	tables := []string{"orders", "stock"}
	if diff := cmp.Diff([]said{
		{back.Frame, bought.Frame, 0, "rollback", tables, "changed her mind"}, {bought.Frame, 0, back.Frame, "batch", tables, "the last one"},
	}, got); diff != "" {
		t.Error(diff)
	}
	stock, err := db.Table("stock")
	if err != nil {
		t.Fatal(err)
	}
	defer stock.Close()
	if _, err := stock.Set([]string{"bolt"}, []Assignment{{Column: "left", Value: "7"}}, Condition{Test: Equal, Column: "left", Value: "1"}); err != nil {
		t.Error(err)
	}
	_, obstacles, err = db.RollbackFrame(back.Frame, RollbackOptions{})
	if fault.KindOf(err) != fault.No || len(obstacles) != 1 || obstacles[0].Table != "stock" || obstacles[0].Conflict.Ours.Record.Cells[1] != "7" {
		t.Errorf("%+v %v", obstacles, err)
	}
	if _, err := db.Frames(FrameFilter{User: "nobody"}); fault.KindOf(err) != fault.NotFound {
		t.Error(err)
	}
}
