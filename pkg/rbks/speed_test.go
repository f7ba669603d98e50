package rbks_test

import (
	"testing"

	"github.com/reedbase/reedbase/pkg/rbks"
)

// realistic is a mix of keys as a content site has them: most with a language, some with more, one in sixteen an old one.
var realistic = [][]byte{
	[]byte("page.title@de"), []byte("page.title@en"), []byte("landing.compare.section.title@en"), []byte("landing.hero@en@summer@mobile"),
	[]byte("knowledge.term.pros.title@de"), []byte("page.footer.tech.description@en"), []byte("project.assets.bundle"), []byte("server.workers"),
	[]byte("page.header.portfolio.label<en,prod>"), []byte("server.address@prod"), []byte("blog.post.intro.text@fr@staging@beta"), []byte("a.b"),
	[]byte("shop.product.detail.price.label.short@zu@prod@christmas@tablet"), []byte("actix-web.cons.1@de"),
	[]byte("contact.form.submit.label@es@tablet"), []byte("knowledge.intro.title@en@winter"),
}

// BenchmarkParse reads and validates one key an operation.
func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	valid, i := 0, 0
	for b.Loop() {
		if _, ok := rbks.Parse(realistic[i%len(realistic)], rbks.Words{}); ok {
			valid++
		}
		i++
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "keys/s")
	if valid == b.N && b.N >= len(realistic) {
		b.Fatal("an old key passes")
	}
}

func TestReadingAllocatesNothing(t *testing.T) {
	words, err := rbks.Words{}.With(rbks.Environment, "qa")
	if err != nil {
		t.Fatal(err)
	}
	canonical := make([]byte, 0, rbks.MaxLength)
	for _, text := range append(everyText(t), realistic...) {
		allocations := testing.AllocsPerRun(10, func() {
			rbks.Parse(text, words)
			if key, standing := rbks.Classify(text, words); standing != rbks.Invalid {
				canonical = key.Append(canonical[:0])
				canonical = key.AppendWithout(canonical[:0], rbks.Language)
			}
		})
		if allocations != 0 {
			t.Errorf("%q: %v allocations", text, allocations)
		}
	}
}
