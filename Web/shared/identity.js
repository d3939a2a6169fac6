// Who this tab is. Kept in sessionStorage: two tabs can hold two roles, and a reload comes back as the same person.

const key = (role, code) => `exam-monitoring.${role}.${code}`;
const lastKey = role => `exam-monitoring.${role}.last`;

export function remember(role, identity) {
  try {
    sessionStorage.setItem(key(role, identity.code), JSON.stringify(identity));
    sessionStorage.setItem(lastKey(role), identity.code);
  } catch { /* storage is off: a reload will ask for the name again */ }
}

/** The identity for this code, or without a code the last one of this tab; null if there is none. */
export function recall(role, code) {
  try {
    const wanted = code ?? sessionStorage.getItem(lastKey(role));
    return wanted ? JSON.parse(sessionStorage.getItem(key(role, wanted))) : null;
  } catch {
    return null;
  }
}

export function forget(role, code) {
  try {
    sessionStorage.removeItem(key(role, code));
    if (sessionStorage.getItem(lastKey(role)) === code) sessionStorage.removeItem(lastKey(role));
  } catch { /* nothing was stored */ }
}
