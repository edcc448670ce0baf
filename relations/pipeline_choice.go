package relations

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/clientele-go/crm/record"
)

// Pipeline is the stages that deals of one kind go through, in order (销售管道).
type Pipeline struct {
	Name    string  // unique, at most MaxPipelineName characters
	Chinese string  `json:",omitempty"` // default Name
	Stages  []Stage // at least one, each once; of one name they have the same forecast in all pipelines
}

// The limits of pipelines.
const (
	MaxPipelines    = 50
	MaxStages       = 100 // of a pipeline
	MaxPipelineName = 120 // characters, of a stage too
)

// CodeMapping is of a stage that the pipeline does not have. Zoho has the same.
const CodeMapping record.Code = "MAPPING_MISMATCH"

// pipelinesSetting is the setting of the pipelines of deals.
const pipelinesSetting = "pipelines." + DealModule

// Pipelines returns the pipelines of the organization, in order: that of [Stages] alone as long as it has saved none.
func Pipelines(ctx context.Context, s *record.Session) ([]Pipeline, error) {
	all, ok, err := loadList[Pipeline](ctx, s, pipelinesSetting)
	if err == nil && !ok || err == nil && len(all) == 0 {
		all = []Pipeline{{Name: StandardPipeline, Stages: slices.Clone(Stages)}}
	}
	return all, err
}

// StageIn returns a stage of the organization's pipelines: of the named one, or of the first that has it when none is named. It is not
// ok when there is no such stage.
func StageIn(ctx context.Context, s *record.Session, pipeline, stage string) (found Stage, ok bool, err error) {
	all, err := Pipelines(ctx, s)
	if err != nil {
		return found, false, err
	}
	_, found, ok = stageIn(all, pipeline, stage)
	return found, ok, nil
}

func stageIn(all []Pipeline, pipeline, stage string) (in string, found Stage, ok bool) {
	for _, p := range all {
		if pipeline != "" && p.Name != pipeline {
			continue
		}
		for _, s := range p.Stages {
			if s.Name == stage {
				return p.Name, s, true
			}
		}
	}
	return "", found, false
}

// DealsThatAre is true of the deals whose stage has a forecast in the organization's pipelines, for lists and roll-ups: of the open ones
// with Open, of which a stage that no pipeline has is one too.
func DealsThatAre(ctx context.Context, s *record.Session, f Forecast) (record.Filter, error) {
	all, err := Pipelines(ctx, s)
	if err != nil {
		return record.Filter{}, err
	}
	var names []string
	for _, p := range all {
		for _, stage := range p.Stages {
			if (stage.Forecast == f) != (f == Open) && !slices.Contains(names, stage.Name) {
				names = append(names, stage.Name)
			}
		}
	}
	if f == Open {
		return record.Not(record.In("Stage", names...)), nil
	}
	return record.In("Stage", names...), nil
}

// SavePipelines stores the pipelines of the organization in place of those that there are; without any, that of [Stages] is the only one
// again. From then on a new deal, and one whose stage changes, is of one of them: of the first that has its stage, unless it names
// another. Deals that there are stay as they are. What is wrong is a *record.ValidationError. It takes [record.RightCustomize].
func SavePipelines(ctx context.Context, s *record.Session, pipelines ...Pipeline) error {
	return saveList(ctx, s, pipelinesSetting, DealModule, pipelines, MaxPipelines, func(*record.Session, *record.Shape) (wrong []record.FieldError) {
		forecasts := map[string]Forecast{}
		for i := range pipelines {
			p := &pipelines[i]
			bad := func(field string, code record.Code, english, chinese string) {
				wrong = append(wrong, record.FieldError{Record: i, Field: field, Code: code, Args: record.Args{"text": record.Words{English: english, Chinese: chinese}}})
			}
			if slices.ContainsFunc(pipelines[:i], func(o Pipeline) bool { return o.Name == p.Name }) {
				bad("Name", record.CodeDuplicate, "another pipeline has this name", "与其他销售管道重名")
			}
			p.check(forecasts, bad)
		}
		return wrong
	})
}

// check tells what is wrong with a pipeline after others, whose stages have these forecasts.
func (p *Pipeline) check(forecasts map[string]Forecast, bad func(field string, code record.Code, english, chinese string)) {
	name := func(field, text string) {
		if strings.TrimSpace(text) != text || text == "" || !utf8.ValidString(text) || utf8.RuneCountInString(text) > MaxPipelineName {
			bad(field, record.CodeInvalid, fmt.Sprintf("a name of at most %d characters", MaxPipelineName), fmt.Sprintf("最多%d个字符的名称", MaxPipelineName))
		}
	}
	name("Name", p.Name)
	if len(p.Stages) == 0 || len(p.Stages) > MaxStages {
		bad("Stages", record.CodeLimit, fmt.Sprintf("from 1 to %d stages", MaxStages), fmt.Sprintf("1到%d个阶段", MaxStages))
	}
	for i, s := range p.Stages {
		name("Stages", s.Name)
		if slices.ContainsFunc(p.Stages[:i], func(o Stage) bool { return o.Name == s.Name }) {
			bad("Stages", record.CodeDuplicate, "a stage twice: "+s.Name, "阶段重复："+s.Name)
		}
		if s.Probability < 0 || s.Probability > 100 {
			bad("Stages", record.CodeInvalid, "a probability from 0 to 100: "+s.Name, "可能性应为0到100："+s.Name)
		}
		if f, known := forecasts[s.Name]; s.Forecast != Open && s.Forecast != Won && s.Forecast != Lost || known && f != s.Forecast {
			bad("Stages", record.CodeInvalid, "one forecast for each stage: "+s.Name, "每个阶段只能有一种预测类型："+s.Name)
		}
		forecasts[s.Name] = s.Forecast
	}
}

// stageOf returns the stage of a deal, and sets its pipeline where the organization has some. A stage that its pipeline does not have is
// refused, unless it was there before.
func stageOf(ctx context.Context, s *record.Session, old, rec *record.Record) (stage Stage, known bool, err error) {
	all, ok, err := loadList[Pipeline](ctx, s, pipelinesSetting)
	if err != nil {
		return stage, false, err
	}
	name, pipeline := rec.Value("Stage").Text(), rec.Value("Pipeline").Text()
	if !ok || len(all) == 0 {
		if pipeline != "" && pipeline != StandardPipeline && changed(old, rec, "Pipeline") {
			return stage, false, refuse("Pipeline", CodeMapping, "there is no such pipeline", "没有此销售管道")
		}
		stage, known = StageOf(name)
		return stage, known, nil
	}
	if old != nil && changed(old, rec, "Stage") && !changed(old, rec, "Pipeline") {
		if _, _, in := stageIn(all, pipeline, name); !in {
			pipeline = "" // it goes on in another one
		}
	}
	in, stage, known := stageIn(all, pipeline, name)
	switch {
	case known:
		rec.Set("Pipeline", text(in))
	case name == "": // which is refused as missing
	case changed(old, rec, "Stage"), changed(old, rec, "Pipeline"):
		return stage, false, refuse("Stage", CodeMapping, "the pipeline does not have the stage", "销售管道中没有此阶段")
	}
	return stage, known, nil
}
