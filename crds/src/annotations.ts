import { GROUP } from './group.ts';

/**
 * The annotation of a KeyShareSet by which a person asks for a refresh. Each new value asks for one; the value that was
 * carried out last is not carried out again.
 */
export const REFRESH_ANNOTATION = `${GROUP}/refresh`;

/**
 * The prefix of the annotations by which RotationPolicies ask KeyShareSets, and the MpcClusters of ECDSA keys:
 * `<prefix>/<policy>: <slot>`.
 */
export const ROTATION_ANNOTATION_PREFIX = `rotation.${GROUP}`;

/**
 * The annotation of an MpcCluster whose new value asks for another certificate authority of its transport. That
 * authority takes over in three steps.
 */
export const AUTHORITY_ANNOTATION = `${GROUP}/renew-authority`;

/**
 * The annotation of an MpcCluster whose new value asks for a new generation of the auxiliary information of threshold
 * ECDSA.
 */
export const AUXILIARY_ANNOTATION = `${GROUP}/rotate-auxiliary`;

/**
 * The annotation of any kind with which, if its value is `true`, the operator does nothing that disturbs: it restarts,
 * begins and deletes nothing. It still reports, and keeps a cluster as it is: certificates are renewed.
 */
export const PAUSED_ANNOTATION = `${GROUP}/paused`;

/**
 * The reason why an epoch, or a generation of auxiliary information, was made. A trigger is part of the certificate, so
 * that it is carried out once, whatever becomes of Kubernetes objects. Its string form is `<source>@<value>`.
 */
export interface Trigger {
  /**
   * `keygen`, `annotation`, or `policy/<name of the RotationPolicy>`; for auxiliary information also `first`, `parties`
   * and `level`.
   */
  readonly source: string;
  /** The value of the annotation, the slot in RFC 3339, the ids of `parties` joined by dashes, or the level. */
  readonly value: string;
}

export const formatTrigger = (t: Trigger): string => `${t.source}@${t.value}`;

export function parseTrigger(s: string): Trigger {
  const at = s.indexOf('@');
  return at < 0 ? { source: s, value: '' } : { source: s.slice(0, at), value: s.slice(at + 1) };
}

/**
 * The triggers that the annotations of an object ask for: first the person's trigger, then those of policies by name.
 * @param annotation the annotation by which a person asks
 */
export function requestedTriggers(
  annotations: { readonly [key: string]: string } | undefined,
  annotation: string = REFRESH_ANNOTATION,
): Trigger[] {
  const entries = Object.entries(annotations ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  const person = entries.filter(([key]) => key === annotation);
  const policies = entries.filter(([key]) => key.startsWith(`${ROTATION_ANNOTATION_PREFIX}/`));
  return [
    ...person.map(([, value]) => ({ source: 'annotation', value })),
    ...policies.map(([key, value]) => ({
      source: `policy/${key.slice(ROTATION_ANNOTATION_PREFIX.length + 1)}`,
      value,
    })),
  ];
}
