// Answers what Kubernetes' own libraries make of texts: reads a JSON object of lists of inputs, writes one of lists of outcomes.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	"k8s.io/apiserver/pkg/storage"
	"sigs.k8s.io/yaml"
)

// What became of one input: a value, or the reason why there is none.
type outcome struct {
	Value any    `json:"value,omitempty"`
	Error string `json:"error,omitempty"`
}

type inputs struct {
	Quantities     []string            `json:"quantities"`
	Selectors      []string            `json:"selectors"`
	LabelSets      []map[string]string `json:"labelSets"`
	FieldSelectors []string            `json:"fieldSelectors"`
	Tokens         []string            `json:"tokens"`
	Yaml           []string            `json:"yaml"`
	Patches        []patchInput        `json:"patches"`
	Rules          []string            `json:"rules"`
	Schema         json.RawMessage     `json:"schema"`
	Object         any                 `json:"object"`
}

type patchInput struct {
	Type     string          `json:"type"`
	Kind     string          `json:"kind"`
	Document json.RawMessage `json:"document"`
	Patch    json.RawMessage `json:"patch"`
}

func main() {
	var in inputs
	if err := json.NewDecoder(os.Stdin).Decode(&in); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	out := map[string][]outcome{
		"quantities":     each(in.Quantities, quantity),
		"selectors":      each(in.Selectors, func(text string) outcome { return selector(text, in.LabelSets) }),
		"fieldSelectors": each(in.FieldSelectors, fieldSelector),
		"tokens":         each(in.Tokens, token),
		"yaml":           each(in.Yaml, fromYaml),
		"patches":        each(in.Patches, patched),
		"rules":          rules(in.Rules, in.Schema, in.Object),
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(out); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func each[T any](list []T, answer func(T) outcome) []outcome {
	outcomes := make([]outcome, len(list))
	for index, one := range list {
		outcomes[index] = standing(func() outcome { return answer(one) })
	}
	return outcomes
}

// Some of the libraries fall over some inputs; the API server answers 500 then.
func standing(answer func() outcome) (said outcome) {
	defer func() {
		if fallen := recover(); fallen != nil {
			said = outcome{Error: fmt.Sprint("falls over: ", fallen)}
		}
	}()
	return answer()
}

func failed(err error) outcome { return outcome{Error: err.Error()} }

// As it stands in an object.
func quantity(text string) outcome {
	quoted, _ := json.Marshal(text)
	var amount resource.Quantity
	if err := json.Unmarshal(quoted, &amount); err != nil {
		return failed(err)
	}
	return outcome{Value: amount.String()}
}

func selector(text string, sets []map[string]string) outcome {
	parsed, err := labels.Parse(text)
	if err != nil {
		return failed(err)
	}
	chosen := []bool{}
	for _, set := range sets {
		chosen = append(chosen, parsed.Matches(labels.Set(set)))
	}
	return outcome{Value: chosen}
}

func fieldSelector(text string) outcome {
	parsed, err := fields.ParseSelector(text)
	if err != nil {
		return failed(err)
	}
	terms := [][]string{}
	for _, term := range parsed.Requirements() {
		operator := strings.Replace(string(term.Operator), "==", "=", 1)
		terms = append(terms, []string{term.Field, operator, term.Value})
	}
	return outcome{Value: terms}
}

func token(text string) outcome {
	key, revision, err := storage.DecodeContinue(text, "/registry/pods/default/")
	if err != nil {
		return failed(err)
	}
	return outcome{Value: []any{key, revision}}
}

func fromYaml(text string) outcome {
	written, err := yaml.YAMLToJSON([]byte(text))
	if err != nil {
		return failed(err)
	}
	return outcome{Value: json.RawMessage(written)}
}

func patched(in patchInput) outcome {
	var result []byte
	var err error
	switch in.Type {
	case "json":
		var patch jsonpatch.Patch
		if patch, err = jsonpatch.DecodePatch(in.Patch); err == nil {
			result, err = patch.Apply(in.Document)
		}
	case "merge":
		result, err = jsonpatch.MergePatch(in.Document, in.Patch)
	case "strategic":
		var typed any = corev1.Pod{}
		if in.Kind == "Deployment" {
			typed = appsv1.Deployment{}
		} else if in.Kind == "Service" {
			typed = corev1.Service{}
		}
		result, err = strategicpatch.StrategicMergePatch(in.Document, in.Patch, typed)
	}
	if err != nil {
		return failed(err)
	}
	decoder := json.NewDecoder(bytes.NewReader(result))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return failed(err)
	}
	return outcome{Value: value}
}

func firstLine(text string) string { return strings.SplitN(text, "\n", 2)[0] }
