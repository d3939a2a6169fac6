// One alert as a card: who, what, since when, how certain, what was said about it, and what to do. Changed in place, so
// the keyboard focus stays. When the alert ends the card folds into one line that can be unfolded.

import { el, setHidden, setText } from '../../shared/dom.js';
import { showKeptPicture } from '../../shared/kept-picture.js';
import { compose, t } from '../../shared/text.js';
import { checksText, foldedText, notKeptText, programText, ruleText, timesText } from './alert-text.js';
import { kindText } from './kinds.js';
import { NoteForm } from './note-form.js';

const LABELS = { acknowledged: 'teacher.card.labelAcknowledged', cleared: 'teacher.card.labelOver' };

const JUDGED = { right: 'teacher.card.judgedRight', wrong: 'teacher.card.judgedWrong' };

/** A verdict in the line of an alert that is over: what is seen, and what is read out. */
const FOLDED = { right: ['✓', t('teacher.card.foldedRight')], wrong: ['✗', t('teacher.card.foldedWrong')] };

const PLACE = { acknowledged: 'seen', cleared: 'over' };

/** Where a card belongs and how it looks: new, seen or over. */
export const placeOf = ({ state }) => PLACE[state] ?? 'new';

export class AlertCard {
  /** context: {roster, me, token, acknowledge(id, note, refused), judge(id, verdict), adjust(student, kind), open(student)?}; without `open` the student is already open. */
  constructor(alert, context) {
    this.context = context;
    this.alert = alert;
    this.place = null; // new, seen or over: its look and position, which may lag behind while somebody is using it
    this.#build(alert);
    this.update(alert);
  }

  update(alert) {
    const { element } = this;
    this.alert = alert;
    this.name = this.context.roster.name(alert.student);
    element.dataset.state = alert.state;
    element.dataset.severity = alert.severity;
    const kind = kindText(alert.kind);
    element.setAttribute('aria-label', t(LABELS[alert.state] ?? 'teacher.card.label', { name: this.name, kind }));
    setText(this.who, this.name);
    this.#buttons(kind);
    setText(this.what, kind);
    this.#picture();
    this.tick();
    setText(this.why, [programText(alert), checksText(alert), ruleText(alert), notKeptText(alert)].filter(Boolean).join(' '));
    this.#said(this.student, alert.student_note, this.name);
    this.#said(this.teacher, alert.note, alert.note_by ?? t('teacher.card.teacher'));
    setHidden(this.acknowledgeButton, alert.state !== 'confirmed');
    const by = alert.acknowledged_by;
    setText(this.seen, !by ? '' : alert.state === 'confirmed' ? t('teacher.card.seenBefore', { name: by }) : t('teacher.card.seen', { name: by }));
    this.#verdict();
    this.#line();
  }

  /** Updates the duration of an open alert. */
  tick() {
    setText(this.times, timesText(this.alert));
  }

  /** Takes the look that fits its position. */
  settle(place) {
    this.place = place;
    this.element.dataset.place = place;
    setHidden(this.fold, place !== 'over');
    if (place !== 'over') this.#unfold(true);
    else this.#unfold(this.fold.getAttribute('aria-expanded') === 'true');
  }

  get isWritten() {
    return this.note.isOpen && this.element.contains(document.activeElement);
  }

  acknowledge() {
    if (this.alert.state === 'confirmed') this.context.acknowledge(this.alert.alert_id);
  }

  /** The own verdict once more takes it back; a colleague's is agreed with. */
  judge(verdict) {
    const { roster, me } = this.context;
    // An alert has the name alone, as the server has it.
    const isOwn = this.alert.verdict === verdict && this.alert.verdict_by === roster.get(me)?.name;
    this.context.judge(this.alert.alert_id, isOwn ? null : verdict);
  }

  writeNote() {
    this.#unfold(true);
    this.note.open(this.alert.note ?? '');
  }

  #build({ alert_id: id, student, kind }) {
    const { context } = this;
    const button = (onclick, style) => el('button', { type: 'button', class: style, onclick });
    this.foldText = el('span', { class: 'fold-text' });
    this.foldVerdict = el('span', { class: 'fold-verdict' });
    this.fold = el('button', { type: 'button', class: 'alert-fold', 'aria-expanded': 'false', onclick: () => this.#unfold(this.body.hidden) }, this.foldText, this.foldVerdict);
    this.image = el('img', { alt: '', decoding: 'async', width: 320, height: 240 });
    const opens = { type: 'button', onclick: () => context.open(student) };
    this.pictureButton = context.open ? el('button', { ...opens, class: 'alert-picture' }, this.image) : el('span', { class: 'alert-picture' }, this.image);
    this.who = context.open ? el('button', { ...opens, class: 'link' }) : el('span', {});
    this.what = el('p', { class: 'alert-what' });
    this.times = el('p', { class: 'alert-times' });
    this.why = el('p', { class: 'alert-why' });
    this.student = el('p', { class: 'said alert-student-note', hidden: true });
    this.teacher = el('p', { class: 'said alert-note', hidden: true });
    this.acknowledgeButton = button(() => {
      this.element.focus({ preventScroll: true }); // the button disappears; the focus continues from here
      this.acknowledge();
    }, 'alert-ack');
    this.noteButton = button(() => this.writeNote(), 'quiet');
    this.adjust = button(() => context.adjust(student, kind), 'quiet');
    this.adjust.title = t('teacher.card.muteTitle');
    this.seen = el('p', { class: 'alert-seen' });
    this.right = button(() => this.judge('right'));
    this.right.title = t('teacher.card.rightTitle');
    this.wrong = button(() => this.judge('wrong'));
    this.wrong.title = t('teacher.card.wrongTitle');
    this.judged = el('p', { class: 'alert-judged' });
    this.note = new NoteForm({
      send: (text, refused) => context.acknowledge(id, text, refused),
      closed: () => this.element.focus({ preventScroll: true }),
    });
    this.body = el('div', { class: 'alert-body' }, this.pictureButton,
      el('div', { class: 'alert-head' }, el('h3', {}, this.who), this.what, this.times, this.judged), this.why,
      el('div', { class: 'alert-foot' }, this.acknowledgeButton, this.seen, this.noteButton,
        el('span', { class: 'alert-verdict' }, this.right, this.wrong), this.adjust), this.note.element);
    this.element = el('li', { class: 'alert', tabindex: '-1', data: { id } }, this.fold, this.body, this.student, this.teacher);
  }

  /** The buttons' labels, with the name and kind only for screen readers, since both are visible anyway. */
  #buttons(kind) {
    const key = `${this.name}|${kind}|${Boolean(this.alert.note)}`;
    if (this.labelled === key) return;
    this.labelled = key;
    const whose = () => el('span', { class: 'visually-hidden' });
    this.acknowledgeButton.replaceChildren(...compose('teacher.card.acknowledge', { whose: whose() }, { name: this.name, kind }));
    this.noteButton.replaceChildren(...compose(this.alert.note ? 'teacher.card.changeNote' : 'teacher.card.note', { whose: whose() }, { name: this.name, kind }));
    this.adjust.replaceChildren(...compose('teacher.card.mute', { whose: whose() }, { name: this.name, kind }));
    this.right.replaceChildren(...compose('teacher.card.right', { whose: whose() }, { name: this.name, kind }));
    this.wrong.replaceChildren(...compose('teacher.card.wrong', { whose: whose() }, { name: this.name, kind }));
  }

  #picture() {
    const { picture } = this.alert;
    setHidden(this.pictureButton, !picture);
    if (!picture || picture === this.shownPicture) return;
    this.shownPicture = picture;
    showKeptPicture(this.image, picture, this.context.token, why => this.pictureButton.replaceChildren(why));
    this.image.alt = this.context.open ? t('teacher.card.pictureOpens', { name: this.name }) : t('teacher.card.picture', { name: this.name });
  }

  #said(line, text, who) {
    setHidden(line, !text);
    if (!text || line.shown === `${who}${text}`) return;
    line.shown = `${who}${text}`;
    line.replaceChildren(...compose('teacher.card.said', { who: el('strong', {}, who) }, { words: text }));
  }

  #verdict() {
    const { verdict, verdict_by: by } = this.alert;
    this.right.setAttribute('aria-pressed', String(verdict === 'right'));
    this.wrong.setAttribute('aria-pressed', String(verdict === 'wrong'));
    setText(this.judged, verdict in JUDGED ? t(JUDGED[verdict], { name: by ?? t('teacher.card.teacher') }) : '');
    this.judged.title = this.judged.textContent; // a long name is cut off
    const [mark, words] = FOLDED[verdict] ?? ['', ''];
    this.foldVerdict.replaceChildren(el('span', { 'aria-hidden': 'true' }, mark), el('span', { class: 'visually-hidden' }, words));
  }

  #line() {
    const [when, kind, long] = foldedText(this.alert);
    const key = `${when}${this.name}${kind}${long}`;
    if (this.foldText.shown === key) return;
    this.foldText.shown = key;
    const elements = { when: el('time', { datetime: this.alert.since }, when), who: el('strong', {}, this.name) };
    this.foldText.replaceChildren(...compose('teacher.card.folded', elements, { kind, long }));
  }

  #unfold(open) {
    setHidden(this.body, !open);
    this.fold.setAttribute('aria-expanded', String(open && !this.fold.hidden));
  }
}
