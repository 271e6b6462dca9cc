// Answers what Go's regexp says. Reads lines of two hexadecimal fields, pattern and text, and prints for each the error
// of the pattern, or two digits: whether it matches the text, and whether it matches the text and a newline behind it.
package main

import (
	"bufio"
	"os"
	"regexp"
	"strconv"
	"strings"
)

func unhex(field string) []byte {
	out := make([]byte, len(field)/2)
	for i := range out {
		value, err := strconv.ParseUint(field[2*i:2*i+2], 16, 8)
		if err != nil {
			panic(err)
		}
		out[i] = byte(value)
	}
	return out
}

func digit(yes bool) string {
	if yes {
		return "1"
	}
	return "0"
}

func main() {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 1<<20)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for in.Scan() {
		pattern, text, _ := strings.Cut(in.Text(), " ")
		expression, err := regexp.Compile(string(unhex(pattern)))
		if err != nil {
			out.WriteString(strings.ReplaceAll(err.Error(), "\n", "\\n") + "\n")
			continue
		}
		line := unhex(text)
		out.WriteString(digit(expression.Match(line)) + digit(expression.Match(append(line, '\n'))) + "\n")
	}
}
