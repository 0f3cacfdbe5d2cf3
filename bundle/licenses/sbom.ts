import { type BundledPackage, idOf } from "./bundled-packages.ts";

/** The program that an SBOM describes. */
export interface SbomSubject {
  /** The function's name. */
  readonly name: string;
  /** The version of the repository. */
  readonly version: string;
  /** The SPDX licence expression of its own code. */
  readonly license: string;
  /** The folders of the packages that its own code requires; not all of them are in the bundle. */
  readonly requires: readonly string[];
}

/**
 * Writes a program's SBOM: CycloneDX 1.6 as JSON. It has no timestamp and no serial number, so that equal
 * bundles have equal SBOMs. The base image with Node.js is not part of it.
 */
export function formatSbom(subject: SbomSubject, packages: readonly BundledPackage[]): string {
  const refs = new Map(packages.map((each) => [each.folder, purlOf(each)]));
  const dependsOn = (requires: readonly string[]) =>
    [...new Set(requires.flatMap((folder) => refs.get(folder) ?? []))].sort();
  const sbom = {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: {
      component: {
        type: "application",
        "bom-ref": subject.name,
        name: subject.name,
        version: subject.version,
        licenses: licensesOf(subject.license),
      },
    },
    components: packages.map((each) => ({
      type: "library",
      "bom-ref": purlOf(each),
      ...nameParts(each.name),
      version: each.version,
      licenses: licensesOf(each.license),
      purl: purlOf(each),
    })),
    dependencies: [
      { ref: subject.name, dependsOn: dependsOn(subject.requires) },
      ...packages.map((each) => ({ ref: purlOf(each), dependsOn: dependsOn(each.requires) })),
    ],
  };
  return `${JSON.stringify(sbom, null, 2)}\n`;
}

function nameParts(name: string): { group?: string; name: string } {
  const [group = "", rest] = name.split("/");
  return rest === undefined ? { name } : { group, name: rest };
}

// https://github.com/package-url/purl-spec: the scope's @ is escaped.
function purlOf(each: BundledPackage): string {
  return `pkg:npm/${idOf(each).replace(/^@/, "%40")}`;
}

function licensesOf(license: string): readonly object[] {
  return license.includes(" ") ? [{ expression: license }] : [{ license: { id: license } }];
}
