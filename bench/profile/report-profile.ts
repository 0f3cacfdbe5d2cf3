import { formatTable } from "#measure/text-table.ts";
import type { ProfiledPage } from "./profile-shop.ts";

/** Less of the CPU time is not listed. */
const minShare = 0.02;

/** The shares of processes and of code as tables. */
export function formatProfiles(pages: readonly ProfiledPage[]): string[] {
  const shares = (of: (page: ProfiledPage) => ProfiledPage["processes"]) => {
    const names = new Set(
      pages.flatMap((page) =>
        of(page)
          .filter(({ share }) => share >= minShare)
          .map(({ name }) => name),
      ),
    );
    return [...names].map((name) => [
      name,
      ...pages.map((page) => formatShare(of(page).find((each) => each.name === name)?.share)),
    ]);
  };
  const head = (title: string) => [title, ...pages.map(({ page }) => page)];
  return [
    ...formatTable([
      head(""),
      ["CPU in ms", ...pages.map(({ cpuMs }) => cpuMs.toFixed(2))],
      head("process"),
      ...shares(({ processes }) => processes),
      head("code itself"),
      ...shares(({ groups }) => groups),
    ]),
  ];
}

function formatShare(share = 0): string {
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
}
