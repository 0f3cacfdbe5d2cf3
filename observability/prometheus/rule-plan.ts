/** A series that Prometheus records. */
export interface RecordingRule {
  /** The name of the recorded series. */
  readonly record: string;
  /** PromQL. */
  readonly expr: string;
}

/** A condition that someone has to act on. */
export interface AlertPlan {
  /** The alert's name, which is also a heading of the runbook. */
  readonly alert: string;
  /** PromQL; each series of the result is an alert. */
  readonly expr: string;
  /** How long the condition has to be met, such as `2m`; undefined to alert at once. */
  readonly for?: string;
  /** `page` if someone has to act now, `ticket` if it can wait for working hours. */
  readonly severity: "page" | "ticket";
  /** Labels in addition to the severity. */
  readonly labels?: Readonly<Record<string, string>>;
  /** One line, with Prometheus' templates. */
  readonly summary: string;
  /** The meaning and the effect, with Prometheus' templates. */
  readonly description: string;
}

/** Rules that are evaluated together. */
export interface RuleGroup {
  /** The group's name. */
  readonly name: string;
  /** How often it is evaluated; Prometheus' evaluation interval unless given. */
  readonly interval?: string;
  /** In the order of their evaluation. */
  readonly rules: readonly (RecordingRule | AlertPlan)[];
}
