package relations

import "github.com/clientele-go/crm/record"

// Forecast is what a stage means for the forecast.
type Forecast string

// The forecasts.
const (
	Open Forecast = "Open"
	Won  Forecast = "Closed Won"
	Lost Forecast = "Closed Lost"
)

// Stage is a step of a pipeline.
type Stage struct {
	Name        string // as it is stored
	Chinese     string
	Probability int64 // percent
	Forecast    Forecast
}

// Stages are those of the pipeline Standard (Standard), in order, with Zoho's probabilities. They are not to be changed.
var Stages = []Stage{
	{"Qualification", "资格审查", 10, Open}, {"Needs Analysis", "需求分析", 20, Open}, {"Value Proposition", "价值建议", 40, Open},
	{"Identify Decision Makers", "确定决策者", 60, Open}, {"Proposal/Price Quote", "提案/报价", 75, Open}, {"Negotiation/Review", "谈判/复审", 90, Open},
	{"Closed Won", "成交", 100, Won}, {"Closed Lost", "丢单", 0, Lost}, {"Closed-Lost to Competition", "输给竞争对手", 0, Lost},
}

// StandardPipeline is the name of the pipeline that there is.
const StandardPipeline = "Standard (Standard)"

// StageOf returns the stage of a name, as [Stages] has it. It is not ok when the organization has made it itself.
func StageOf(name string) (s Stage, ok bool) {
	for _, s := range Stages {
		if s.Name == name {
			return s, true
		}
	}
	return s, false
}

// stageValues are the stages as a pick list.
var stageValues = func() *record.PickValues {
	list := &record.PickValues{}
	for _, s := range Stages {
		list.Values = append(list.Values, record.PickValue{Actual: s.Name, Chinese: s.Chinese})
	}
	return list
}()

// StagesOf are the names of the stages with a forecast, for a filter: record.In("Stage", relations.StagesOf(relations.Won)...).
func StagesOf(f Forecast) (names []string) {
	for _, s := range Stages {
		if s.Forecast == f {
			names = append(names, s.Name)
		}
	}
	return names
}
