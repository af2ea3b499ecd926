package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	v1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	schemacel "k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel/model"
	"k8s.io/apimachinery/pkg/util/version"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	apiservercel "k8s.io/apiserver/pkg/cel"
	"k8s.io/apiserver/pkg/cel/environment"
)

// Each rule of a schema, run on an object: what it says, `goes wrong: …`, or an error where it is no rule.
func rules(sources []string, schemaJSON json.RawMessage, object any) []outcome {
	if len(sources) == 0 {
		return []outcome{}
	}
	var props v1.JSONSchemaProps
	must(json.Unmarshal(schemaJSON, &props))
	var internal apiextensions.JSONSchemaProps
	must(v1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(&props, &internal, nil))
	structural, err := schema.NewStructural(&internal)
	must(err)
	declared := model.SchemaDeclType(structural, false).MaybeAssignTypeName("selfType")
	set, err := environment.MustBaseEnvSet(environment.DefaultCompatibilityVersion(), true).Extend(environment.VersionedOptions{
		IntroducedVersion: version.MajorMinor(1, 0),
		EnvOptions:        []cel.EnvOption{cel.Variable("self", declared.CelType())},
		DeclTypes:         []*apiservercel.DeclType{declared},
	})
	must(err)
	env := set.StoredExpressionsEnv()
	self := schemacel.UnstructuredToVal(integers(object), structural)
	return each(sources, func(source string) outcome {
		tree, issues := env.Compile(source)
		if issues != nil {
			return outcome{Error: firstLine(issues.String())}
		}
		if tree.OutputType() != cel.BoolType {
			return outcome{Error: "cel expression must evaluate to a bool"}
		}
		program, err := env.Program(tree, cel.CostLimit(celconfig.PerCallLimit))
		if err != nil {
			return failed(err)
		}
		said, _, err := program.Eval(map[string]any{"self": self})
		if err != nil {
			return outcome{Value: "goes wrong: " + firstLine(err.Error())}
		}
		return outcome{Value: said == types.True}
	})
}

// Whole numbers as the decoder of objects has them.
func integers(value any) any {
	switch typed := value.(type) {
	case float64:
		if typed == float64(int64(typed)) {
			return int64(typed)
		}
	case []any:
		for index := range typed {
			typed[index] = integers(typed[index])
		}
	case map[string]any:
		for key := range typed {
			typed[key] = integers(typed[key])
		}
	}
	return value
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
