package reactor

// table is the connections of a loop by descriptor. It grows by pages, so that
// growing moves nothing and leaves no garbage behind, which an idle heap would
// keep: doubling a slice takes up to 32 bytes per connection, this 8.
type table struct{ pages []*page }

const pageBits = 9

// page takes 4 KiB.
type page [1 << pageBits]*Conn

// slots returns a number that all descriptors are below.
func (t *table) slots() int { return len(t.pages) << pageBits }

// at returns the connection of fd, nil where there is none.
func (t *table) at(fd uint32) *Conn {
	if i := fd >> pageBits; i < uint32(len(t.pages)) {
		if p := t.pages[i]; p != nil {
			return p[fd%(1<<pageBits)]
		}
	}
	return nil
}

// set makes c the connection of fd; nil: there is none.
func (t *table) set(fd int32, c *Conn) {
	i := int(fd >> pageBits)
	for i >= len(t.pages) {
		t.pages = append(t.pages, nil)
	}
	if t.pages[i] == nil {
		t.pages[i] = new(page)
	}
	t.pages[i][fd%(1<<pageBits)] = c
}

// all yields the connections by descriptor. What is set meanwhile is yielded
// or not.
func (t *table) all(yield func(*Conn) bool) {
	for i := 0; i < len(t.pages); i++ {
		if t.pages[i] == nil {
			continue
		}
		for _, c := range t.pages[i] {
			if c != nil && !yield(c) {
				return
			}
		}
	}
}
