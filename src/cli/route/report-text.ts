/** A route report for people: where it goes and why, at what price, who is left out, what acts. Pure. */
import { type JsonObject, numberAt, stringAt } from '../../core/json.ts';
import { formatPicoUsd, parsePicoUsd } from '../../core/money.ts';
import type { PolicyReport, RouteReport, TargetReport } from '../../pipeline/route-report.ts';
import { oneLine, tableLines } from './table.ts';

/** @param plannedBy in words: who planned it, and with what */
export function reportLines(report: RouteReport, plannedBy: string): readonly string[] {
  return [
    headline(report),
    '',
    ...tableLines([
      ['planned by', plannedBy],
      ['strategy', [report.strategy, ...(report.router === undefined ? [] : [report.router])].join(', ')],
      ...report.because.map((because, i) => [i === 0 ? 'because' : '', because]),
      ['estimate', `${report.estimate.prompt_tokens} tokens in, ${report.estimate.output_tokens} out`],
      ['key', keyState(report)],
    ]),
    ...section('in this order', targetRows(report)),
    ...section('left out', excludedRows(report)),
    ...section('policies', report.policies.map(policyRow)),
  ];
}

function headline({ would_go_to: goes, error, estimate, targets }: RouteReport): string {
  if (!goes) return oneLine(`refused: ${error ? errorText(error) : 'no endpoint is left'}`);
  const tier = goes.service_tier === undefined ? '' : `, ${goes.service_tier} tier`;
  const upstream = goes.upstream_model === goes.model ? '' : ` as ${goes.upstream_model}`;
  const cost = estimate.expected_cost_usd === null ? '' : `, about ${usd(estimate.expected_cost_usd)}`;
  const share = targets[0]?.share ?? 1;
  const drawn = share < 1 ? `; this draw, with a chance of ${percent(share)}` : '';
  return oneLine(`${goes.model} goes to ${goes.provider}${upstream} (${goes.endpoint_id}${tier})${cost}${drawn}`);
}

export function errorText(error: JsonObject): string {
  return `${numberAt(error, 'code') ?? ''} ${stringAt(error, 'message') ?? ''}`.trim();
}

function keyState({ admitted: { ok, reason } }: RouteReport): string {
  if (ok === null) return 'not asked whether it could pay';
  return ok ? 'could pay' : `would be refused: ${reason ?? ''}`;
}

function section(title: string, rows: readonly (readonly string[])[]): readonly string[] {
  return rows.length === 0 ? [] : ['', title, ...tableLines(rows).map((line) => `  ${line}`)];
}

function targetRows({ targets }: RouteReport): readonly (readonly string[])[] {
  if (targets.length === 0) return [];
  return [
    ['#', 'PROVIDER', 'ENDPOINT', 'FIRST', 'COST', 'IN/M', 'OUT/M', 'LATENCY', 'SPEED', ''],
    ...targets.map((target) => [
      String(target.rank),
      target.provider,
      target.endpoint_id,
      percent(target.share),
      usd(target.expected_cost),
      perMillion(target.pricing.prompt),
      perMillion(target.pricing.completion),
      target.latency_p50 === undefined ? '-' : duration(target.latency_p50),
      target.throughput_p50 === undefined ? '-' : `${target.throughput_p50.toFixed(0)}/s`,
      remarks(target).join('; '),
    ]),
  ];
}

function remarks({ standing, session, quality, dropped_parameters: dropped = [] }: TargetReport): readonly string[] {
  return [
    ...(standing === 'ready' ? [] : [standing]),
    ...(session ? [`holds about ${session.cached_tokens} tokens of this conversation`] : []),
    ...(quality === undefined ? [] : [`quality ${quality.toFixed(2)}`]),
    ...(dropped.length > 0 ? [`without ${dropped.join(', ')}`] : []),
  ];
}

function excludedRows({ excluded }: RouteReport): readonly (readonly string[])[] {
  if (excluded.length === 0) return [];
  return [
    ['PROVIDER', 'ENDPOINT', 'BY', 'BECAUSE'],
    ...excluded.map((row) => [row.provider, row.endpoint_id, row.excluded_by, row.because]),
  ];
}

function policyRow({ policy, summary, from, excluded }: PolicyReport): readonly string[] {
  const told = [
    ...(from && from.length > 0 ? [`said by the ${from.join(' and the ')}`] : []),
    ...(excluded ? [`leaves out ${excluded}`] : []),
  ];
  return [policy, summary, told.join('; ')];
}

/** 1e-7 would not read as an amount of money. */
export function usd(amount: number): string {
  return `$${amount.toFixed(9).replace(/\.?0+$/, '')}`;
}

function percent(share: number): string {
  const value = share * 100;
  return share === 0 ? '-' : `${value < 1 ? '<1' : value > 99 && value < 100 ? '>99' : Math.round(value)} %`;
}

function duration(seconds: number): string {
  return seconds < 1 ? `${Math.round(seconds * 1000)} ms` : `${seconds.toFixed(1)} s`;
}

/** A price per token, as a price per million. */
function perMillion(price: string | undefined): string {
  return price === undefined ? '-' : `$${formatPicoUsd(parsePicoUsd(price) * 1_000_000n)}`;
}
