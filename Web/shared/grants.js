// What a teacher grants a student, in words. A kind that is newer than this page goes by its name.

import { t } from './text.js';

const nameOf = kind => kind.replaceAll('_', ' ');
export const grantTitle = kind => t(`grant.${kind}.title`, { defaultValue: nameOf(kind) });
export const grantUnit = kind => t(`grant.${kind}.amount`, { defaultValue: nameOf(kind) });
export const grantedText = (kind, amount) => t(`grant.${kind}.granted`, { count: amount, defaultValue: String(amount ?? nameOf(kind)) });
