package desk

import (
	"fmt"
)

// chart is a picture of one figure a day. What it shows stands in a table beside it, too.
type chart struct {
	Title         string
	Says          string // the same in a sentence
	Width, Height int
	Ground        int // where the bars stand
	Bars          []bar
	Usual         bool
	UsualAt       int // the height of what is usual
}

type bar struct {
	X, Y, Width, Height int
	Now                 bool // today, which is not over
}

// The measures of a chart.
const (
	chartWidth  = 280
	chartHeight = 84
	chartGround = 80
	barGap      = 3
)

// drawn makes a chart of figures, today's last. Usual is drawn as a line across; without any there is none.
func drawn(title, one, many string, figures []int64, usual int64) chart {
	most := max(usual, 1)
	var sum int64
	for _, n := range figures {
		most, sum = max(most, n), sum+n
	}
	c := chart{Title: title, Width: chartWidth, Height: chartHeight, Ground: chartGround}
	up := func(n int64) int { return int(n * (chartGround - 6) / most) }
	wide := chartWidth / max(len(figures), 1)
	for i, n := range figures {
		tall := up(n)
		if n > 0 {
			tall = max(tall, 2)
		}
		c.Bars = append(c.Bars, bar{X: i * wide, Y: chartGround - tall, Width: wide - barGap, Height: tall, Now: i == len(figures)-1})
	}
	last := int64(0)
	if len(figures) > 0 {
		last = figures[len(figures)-1]
	}
	c.Says = fmt.Sprintf("%s today, at most %d on a day of %d days.", count(last, one, many), most, len(figures))
	if sum == 0 {
		c.Says = fmt.Sprintf("None in %d days.", len(figures))
	}
	if usual > 0 {
		c.Usual, c.UsualAt = true, chartGround-up(usual)
		c.Says += fmt.Sprintf(" Usual are %d a day (the broken line).", usual)
	}
	return c
}
