// Written by `make generated` from src/diemcau/projections/sections.py and src/diemcau/core/.
// Times are ISO 8601 with offset, lengths of time are seconds.

export type Role = "chair" | "deputy" | "secretary" | "operator" | "site" | "program" | "relay" | "system";

export type Stage = "convened" | "rehearsing" | "open" | "adjourned" | "closed" | "sealed";

export type Presiding = "chair" | "deputy";

/** What the conference is, and how far it has come. `rehearsal`: nothing of this is minuted. */
export interface ConferenceSection {
  readonly conference: string;
  readonly title: string;
  readonly short_title: string;
  readonly organiser: string;
  readonly language: string;
  readonly time_zone: string;
  readonly stage: Stage;
  readonly rehearsal: boolean;
  readonly opened_at: string | null;
  readonly adjourned_at: string | null;
  readonly closed_at: string | null;
  readonly presiding: Presiding;
}

export type Line = "expected" | "connected" | "lost";

export type AirState = "off" | "standby" | "preview" | "on_air" | "held";

/** One site: its names, its place, its line and its way to the air. */
export interface SiteTile {
  readonly site: string;
  readonly unit: string;
  readonly name: string;
  readonly short_name: string;
  readonly protocol: number;
  readonly main: boolean;
  readonly row: number | null;
  readonly column: number | null;
  readonly line: Line;
  readonly since: string | null;
  readonly air: AirState;
  readonly reported: boolean;
  readonly absent: boolean;
  readonly present: number;
  readonly invited: number;
  readonly queue: number | null;
}

/** All sites in order of protocol, the main one first. */
export interface SitesSection {
  readonly sites: readonly SiteTile[];
}

/** The roll call in figures. */
export interface RollSection {
  readonly open: boolean;
  readonly closed_at: string | null;
  readonly sites: number;
  readonly sites_present: number;
  readonly sites_absent: number;
  readonly delegates_invited: number;
  readonly delegates_present: number;
  readonly people_present: number;
  readonly quorum: boolean;
}

export type AgendaKind = "opening" | "rollcall" | "report" | "discussion" | "break" | "conclusion" | "closing" | "other";

/** One item of the agenda, and when it began and ended. */
export interface AgendaLine {
  readonly item: string;
  readonly title: string;
  readonly minutes: number;
  readonly kind: AgendaKind;
  readonly started_at: string | null;
  readonly finished_at: string | null;
  readonly current: boolean;
}

/** The agenda in its planned order. */
export interface AgendaSection {
  readonly items: readonly AgendaLine[];
}

/** What every hall sees of the floor: who speaks until when, and who is next. */
export interface PublicFloorSection {
  readonly holder: string | null;
  readonly office: string;
  readonly granted_at: string | null;
  readonly until: string | null;
  readonly warned: boolean;
  readonly time_up: boolean;
  readonly queue: readonly string[];
}

export type Conduct = "automatic" | "manual";

export type Layout = "main" | "holder" | "side_by_side" | "holder_with_main" | "gallery" | "document";

/** What every hall sees: the layout, the site on air beside the main one, what lies over them, a handout's page. `cut_in`: the main site stands in for `taken`, whose line is lost. `slate`: the text of the slate that is shown, empty for the standard sentence, or null. `lower_third`: the site whose lower third stays up. */
export interface AirSection {
  readonly main: string;
  readonly taken: string | null;
  readonly held: boolean;
  readonly cut_in: boolean;
  readonly preview: string | null;
  readonly conduct: Conduct;
  readonly layout: Layout;
  readonly gallery: readonly string[];
  readonly frozen: boolean;
  readonly slate: string | null;
  readonly lower_third: string | null;
  readonly can_undo: boolean;
  readonly handout: string | null;
  readonly page: number;
}

/** Links of a role and site that are void if they were issued before this time. */
export interface RevokedLinks {
  readonly role: Role;
  readonly site: string | null;
  readonly before: string;
}

/** What lets nobody in any more: passes by number, and links of a role and site issued before a time. */
export interface RevokedSection {
  readonly numbers: readonly string[];
  readonly links: readonly RevokedLinks[];
}

/** A file that may be shown; `digest` is empty for sample pages. */
export interface HandoutLine {
  readonly handout: string;
  readonly title: string;
  readonly pages: number;
  readonly digest: string;
}

/** The files that may be shown, so that every hall has them before their first page is. */
export interface HandoutsSection {
  readonly handouts: readonly HandoutLine[];
}

export type Lane = "speech" | "response";

export type RequestState = "pending" | "accepted" | "granted" | "denied" | "cancelled" | "released" | "revoked";

/** One request: who waits or spoke, since when, with which topic; `turn` counts from 1. */
export interface RequestLine {
  readonly request: string;
  readonly site: string;
  readonly speaker: string | null;
  readonly office: string;
  readonly topic: string;
  readonly lane: Lane;
  readonly state: RequestState;
  readonly position: number | null;
  readonly ready: boolean;
  readonly requested_at: string;
  readonly granted_at: string | null;
  readonly until: string | null;
  readonly ended_at: string | null;
  readonly turn: number;
}

/** Who speaks until when, who waits in which order, who asked, and who has spoken. */
export interface FloorSection {
  readonly holder: RequestLine | null;
  readonly queue: readonly RequestLine[];
  readonly pending: readonly RequestLine[];
  readonly spoken: readonly RequestLine[];
  readonly warnings: readonly number[];
  readonly warned: boolean;
  readonly time_up: boolean;
}

export type ItemKind = "lesson" | "task" | "breakthrough" | "solution_group";

export type Horizon = "term" | "year";

/** One item of the conclusion as it stands. */
export interface ItemLine {
  readonly item: string;
  readonly kind: ItemKind;
  readonly horizon: Horizon | null;
  readonly count_name: string;
  readonly text: string;
  readonly units: readonly string[];
  readonly due: string | null;
}

/** A declared count beside the number of items that stand. */
export interface CountLine {
  readonly count_name: string;
  readonly declared: number;
  readonly found: number;
}

/** The conclusion: its items and counts, and whether it was read out and adopted. */
export interface ConclusionSection {
  readonly items: readonly ItemLine[];
  readonly counts: readonly CountLine[];
  readonly read_out: boolean;
  readonly adopted_at: string | null;
}

/** Who presides; `offered`: the chair's lease has ended and the deputy may take the chair. */
export interface PresidencySection {
  readonly presiding: Presiding;
  readonly lease_until: string | null;
  readonly offered: boolean;
}

/** One note. */
export interface NoteLine {
  readonly note: string;
  readonly text: string;
  readonly speech: string | null;
  readonly item: string | null;
  readonly at: string;
}

/** All notes, the newest last. */
export interface NotesSection {
  readonly notes: readonly NoteLine[];
}

/** A delegate expected at the desk's own site. */
export interface DelegateLine {
  readonly person: string;
  readonly office: string;
  readonly category: string;
  readonly present: boolean;
}

/** How many people of one category. */
export interface Headcount {
  readonly category: string;
  readonly count: number;
}

/** Who is expected at one site, and who of them is present. */
export interface SiteRegister {
  readonly site: string;
  readonly delegates: readonly DelegateLine[];
  readonly guests: readonly Headcount[];
}

/** Every site's delegates by office: what the secretary corrects, and who signs a correction. */
export interface RegisterSection {
  readonly sites: readonly SiteRegister[];
}

export type Fitness = "fit" | "to_mend" | "unfit";

export type Part = "camera" | "microphone" | "loudspeaker" | "echo" | "uplink" | "downlink" | "line" | "carrier" | "clock" | "browser";

export type Mend = "no_camera" | "small_picture" | "slow_picture" | "no_microphone" | "too_quiet" | "too_loud" | "not_heard" | "not_tried" | "echo" | "uplink_unmeasured" | "uplink_thin" | "uplink_sound_only" | "downlink_unmeasured" | "downlink_thin" | "downlink_sound_only" | "lossy" | "very_lossy" | "far" | "late" | "fallback" | "clock_wrong" | "cannot_send";

/** What a check says of one part: nothing to mend, or what. */
export interface Finding {
  readonly part: Part;
  readonly fitness: Fitness;
  readonly mend: Mend | null;
}

export type Carrier = "udp" | "fallback";

/** What a check found; nothing where it could not be measured. `width`, `height`, `fps`: of the camera, 0 without one. `microphone_db`: speech, 0 is full scale. `heard`: whether people in the hall heard the test sound. `echo_loss_db`, `echo_delay_ms`: how much quieter and later what the loudspeaker plays comes back through the microphone. `up_kbps`, `down_kbps`: sustained for ten seconds. `late_ms`: how late the latest piece came. `loss_permille`: of the packets on the way down. `rtt_ms`: of the line. `clock_ms`: this clock minus the centre's. `encodes`: whether the browser can send the picture as it is to be sent. */
export interface Measures {
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  readonly microphone_db: number | null;
  readonly heard: boolean | null;
  readonly echo_loss_db: number | null;
  readonly echo_delay_ms: number | null;
  readonly up_kbps: number | null;
  readonly down_kbps: number | null;
  readonly late_ms: number | null;
  readonly loss_permille: number | null;
  readonly rtt_ms: number | null;
  readonly carrier: Carrier;
  readonly clock_ms: number | null;
  readonly browser: string;
  readonly encodes: boolean | null;
}

/** A site's last check: what it came to, what is said of each part, and what was measured. */
export interface CheckLine {
  readonly site: string;
  readonly at: string;
  readonly fitness: Fitness;
  readonly findings: readonly Finding[];
  readonly measures: Measures;
}

/** Every site that has checked itself. */
export interface ChecksSection {
  readonly checks: readonly CheckLine[];
}

/** What one site's desk sees of itself. */
export interface MySiteSection {
  readonly site: string;
  readonly line: Line;
  readonly air: AirState;
  readonly reported: boolean;
  readonly delegates: readonly DelegateLine[];
  readonly guests: readonly Headcount[];
  readonly requests: readonly RequestLine[];
  readonly check: CheckLine | null;
}

/** The names of the commands that this desk may give in this stage. */
export interface MaySection {
  readonly commands: readonly string[];
}

export type AlarmKind = "site_missing" | "line_lost" | "recording_stopped" | "disk_full" | "camera_refused" | "sends_too_much";

/** Something that a person must do: what, where, since when, and whom to call. */
export interface AlarmLine {
  readonly kind: AlarmKind;
  readonly site: string | null;
  readonly telephone: string;
  readonly since: string;
}

/** What is wrong now, the worst first. Nothing here when all is well. */
export interface AlarmsSection {
  readonly alarms: readonly AlarmLine[];
}

/** The run of show of a demonstration: how far it is, and whether a person has taken over. */
export interface ScriptSection {
  readonly running: boolean;
  readonly finished: boolean;
  readonly step: number;
  readonly steps: number;
  readonly title: string;
}

/** The chair adjourns the conference for a break. */
export interface AdjournConference {
  readonly reason: string;
}

/** The operator lets a second camera of a site take over from the one that is alive. */
export interface LetCameraIn {
  readonly site: string;
}

/** A site reports who of its delegates is present, and guests by category. */
export interface ReportAttendance {
  readonly site: string;
  readonly present: readonly string[];
  readonly guests?: readonly Headcount[];
}

/** A site that doesn't report is noted as absent. */
export interface MarkSiteAbsent {
  readonly site: string;
  readonly reason: string;
}

/** What a site reported is corrected, with reason and author. */
export interface CorrectAttendance {
  readonly site: string;
  readonly present: readonly string[];
  readonly guests?: readonly Headcount[];
  readonly reason: string;
  readonly author: string;
}

/** Go to an item of the agenda; the one being dealt with is finished. */
export interface StartItem {
  readonly item: string;
}

/** A site asks to speak. */
export interface RequestFloor {
  readonly site: string;
  readonly topic: string;
  readonly speaker?: string | null;
  readonly lane?: Lane;
}

/** The chair or secretary puts a site into the queue on its behalf (RFC 8855, beneficiary). */
export interface InsertRequest {
  readonly site: string;
  readonly topic: string;
  readonly speaker?: string | null;
  readonly lane?: Lane;
  readonly position?: number | null;
}

/** A site takes its own request back. */
export interface CancelRequest {
  readonly site: string;
  readonly request: string;
}

/** A pending request goes into the queue, at its end or at `position` (from 1). */
export interface AcceptRequest {
  readonly request: string;
  readonly position?: number | null;
}

/** A pending request is not taken into the queue. */
export interface DenyRequest {
  readonly request: string;
  readonly reason: string;
}

/** A waiting request goes to another place in the queue (from 1). */
export interface MoveRequest {
  readonly request: string;
  readonly position: number;
}

/** A waiting request is taken out of the queue. */
export interface RemoveRequest {
  readonly request: string;
  readonly reason: string;
}

/** The chair lets a site speak, whether or not it had asked; whoever speaks is thanked first. */
export interface GrantFloor {
  readonly site: string;
  readonly allotted?: number | null;
}

/** The site that speaks has finished. */
export interface ReleaseFloor {
  readonly site: string;
}

/** The chair takes the floor back. */
export interface RevokeFloor {
  readonly reason: string;
}

/** The chair gives the speaker more time. */
export interface ExtendFloor {
  readonly by: number;
}

/** The times of a speech are corrected, with reason and author. */
export interface CorrectSpeech {
  readonly request: string;
  readonly granted_at: string;
  readonly ended_at: string;
  readonly reason: string;
  readonly author: string;
}

/** A hall confirms that its camera and microphone are ready. */
export interface ConfirmReady {
  readonly site: string;
}

/** The operator looks at a site's picture before taking it. */
export interface PreviewSite {
  readonly site: string;
}

/** The operator takes the holder of the floor to the air. */
export interface TakeSite {
  readonly site: string;
}

/** The take follows the grant by itself, or the operator takes by hand. */
export interface ChooseConduct {
  readonly conduct: Conduct;
}

/** The operator chooses how the program shows the sites. */
export interface ChooseLayout {
  readonly layout: Layout;
}

/** The operator chooses the one to nine sites that the gallery shows, in this order, without their sound. */
export interface ChooseGallery {
  readonly sites: readonly string[];
}

/** The operator shows a slate in place of picture and sound; an empty `text` is the standard sentence. */
export interface ShowSlate {
  readonly text?: string;
}

/** The operator keeps the lower third of a site that is shown up for longer than after a take. */
export interface PinLowerThird {
  readonly site: string;
}

/** Put a file on the list of what may be shown, or in place of the one of that name. */
export interface ListHandout {
  readonly handout: string;
  readonly title: string;
  readonly pages: number;
  readonly digest: string;
}

/** Show every hall a page (from 1) of a handout. */
export interface ShowPage {
  readonly handout: string;
  readonly page: number;
}

/** A site reports what its check found. */
export interface ReportCheck {
  readonly site: string;
  readonly measures: Measures;
}

/** The secretary writes down what was said, of a speech if one is named. */
export interface TakeNote {
  readonly text: string;
  readonly speech?: string | null;
}

/** The text of a note is corrected, with reason and author. */
export interface CorrectNote {
  readonly note: string;
  readonly text: string;
  readonly reason: string;
  readonly author: string;
}

/** How many items of one kind and horizon the conclusion is to have. */
export interface ExpectedCount {
  readonly kind: ItemKind;
  readonly horizon: Horizon | null;
  readonly count: number;
}

/** It is declared how many items of each kind and horizon there are to be. */
export interface DeclareCounts {
  readonly counts: readonly ExpectedCount[];
}

/** An item is drafted, with the units that it names and the day by which they are to do it. */
export interface DraftItem {
  readonly kind: ItemKind;
  readonly horizon: Horizon | null;
  readonly text: string;
  readonly units?: readonly string[];
  readonly due?: string | null;
}

/** The text of an item is changed before adoption. */
export interface AmendItem {
  readonly item: string;
  readonly text: string;
}

/** An item is struck out before adoption. */
export interface StrikeItem {
  readonly item: string;
  readonly reason: string;
}

/** Let nobody in any more with the pass of this number. */
export interface RevokePass {
  readonly number: string;
}

/** Let nobody in any more with a link that was issued for this role (for a site: and this site) until now. */
export interface RevokeLinks {
  readonly role: Role;
  readonly site?: string | null;
}

/** The board, by the names of its sections. */
export interface Sections {
  readonly conference: ConferenceSection;
  readonly sites: SitesSection;
  readonly roll: RollSection;
  readonly agenda: AgendaSection;
  readonly public_floor: PublicFloorSection;
  readonly air: AirSection;
  readonly revoked: RevokedSection;
  readonly handouts: HandoutsSection;
  readonly floor: FloorSection;
  readonly conclusion: ConclusionSection;
  readonly presidency: PresidencySection;
  readonly notes: NotesSection;
  readonly register: RegisterSection;
  readonly checks: ChecksSection;
  readonly my_site: MySiteSection;
  readonly may: MaySection;
  readonly alarms: AlarmsSection;
  readonly script: ScriptSection;
}

export const SECTION_NAMES = [
  "conference",
  "sites",
  "roll",
  "agenda",
  "public_floor",
  "air",
  "revoked",
  "handouts",
  "floor",
  "conclusion",
  "presidency",
  "notes",
  "register",
  "checks",
  "my_site",
  "may",
  "alarms",
  "script",
] as const;

export const PUBLIC_SECTIONS = ["conference", "sites", "roll", "agenda", "public_floor", "air", "handouts", "revoked"] as const;

export const SECTIONS_OF_ROLE: Record<Role, readonly (keyof Sections)[]> = {
  chair: ["floor", "conclusion", "presidency", "may"],
  deputy: ["floor", "conclusion", "presidency", "may"],
  secretary: ["floor", "conclusion", "presidency", "notes", "register", "may"],
  operator: ["floor", "presidency", "checks", "may"],
  site: ["my_site", "may"],
  program: [],
  relay: [],
  system: [],
};

/** What a desk may ask, by the command's name, with its body. */
export interface Commands {
  readonly StartRehearsal: Record<string, never>;
  readonly EndRehearsal: Record<string, never>;
  readonly OpenConference: Record<string, never>;
  readonly AdjournConference: AdjournConference;
  readonly ResumeConference: Record<string, never>;
  readonly CloseConference: Record<string, never>;
  readonly SealConference: Record<string, never>;
  readonly LetCameraIn: LetCameraIn;
  readonly OpenRollCall: Record<string, never>;
  readonly ReportAttendance: ReportAttendance;
  readonly MarkSiteAbsent: MarkSiteAbsent;
  readonly CloseRollCall: Record<string, never>;
  readonly CorrectAttendance: CorrectAttendance;
  readonly StartItem: StartItem;
  readonly FinishItem: Record<string, never>;
  readonly RequestFloor: RequestFloor;
  readonly InsertRequest: InsertRequest;
  readonly CancelRequest: CancelRequest;
  readonly AcceptRequest: AcceptRequest;
  readonly DenyRequest: DenyRequest;
  readonly MoveRequest: MoveRequest;
  readonly RemoveRequest: RemoveRequest;
  readonly GrantFloor: GrantFloor;
  readonly ReleaseFloor: ReleaseFloor;
  readonly RevokeFloor: RevokeFloor;
  readonly ExtendFloor: ExtendFloor;
  readonly CorrectSpeech: CorrectSpeech;
  readonly ConfirmReady: ConfirmReady;
  readonly PreviewSite: PreviewSite;
  readonly TakeSite: TakeSite;
  readonly CutBack: Record<string, never>;
  readonly ChooseConduct: ChooseConduct;
  readonly ChooseLayout: ChooseLayout;
  readonly ChooseGallery: ChooseGallery;
  readonly FreezeProgram: Record<string, never>;
  readonly UnfreezeProgram: Record<string, never>;
  readonly ShowSlate: ShowSlate;
  readonly TakeDownSlate: Record<string, never>;
  readonly PinLowerThird: PinLowerThird;
  readonly TakeDownLowerThird: Record<string, never>;
  readonly UndoTake: Record<string, never>;
  readonly ListHandout: ListHandout;
  readonly ShowPage: ShowPage;
  readonly TakeDownHandout: Record<string, never>;
  readonly ReportCheck: ReportCheck;
  readonly Preside: Record<string, never>;
  readonly ReturnToChair: Record<string, never>;
  readonly TakeNote: TakeNote;
  readonly CorrectNote: CorrectNote;
  readonly DeclareCounts: DeclareCounts;
  readonly DraftItem: DraftItem;
  readonly AmendItem: AmendItem;
  readonly StrikeItem: StrikeItem;
  readonly ReadOutConclusion: Record<string, never>;
  readonly AdoptConclusion: Record<string, never>;
  readonly RevokePass: RevokePass;
  readonly RevokeLinks: RevokeLinks;
}

/** Every code of a refusal; each has its words. */
export const REFUSALS = [
  "agenda.item_running",
  "agenda.item_unknown",
  "agenda.no_item_running",
  "author_unknown",
  "checks.measure_impossible",
  "conclusions.adopted_already",
  "conclusions.counts_disagree",
  "conclusions.counts_wrong",
  "conclusions.horizon_wrong",
  "conclusions.item_empty",
  "conclusions.item_unknown",
  "conclusions.not_read_out",
  "conclusions.nothing_to_adopt",
  "conclusions.unit_unknown",
  "deputy.chair_presides",
  "deputy.no_deputy",
  "deputy.presides_already",
  "entry.no_such_links",
  "entry.not_yours_to_revoke",
  "entry.number_impossible",
  "entry.too_many_revoked",
  "floor.already_waiting",
  "floor.holds_floor",
  "floor.holds_no_floor",
  "floor.no_turns_left",
  "floor.nobody_speaks",
  "floor.not_next",
  "floor.not_your_request",
  "floor.position_impossible",
  "floor.request_not_open",
  "floor.request_unknown",
  "floor.speaker_unknown",
  "floor.time_impossible",
  "floor.topic_missing",
  "handouts.impossible",
  "handouts.nothing_shown",
  "handouts.page_impossible",
  "handouts.too_many",
  "handouts.unknown",
  "notes.empty",
  "notes.unknown",
  "onair.gallery_empty",
  "onair.gallery_impossible",
  "onair.line_down",
  "onair.nobody_on_air",
  "onair.not_holder",
  "onair.not_shown",
  "onair.nothing_to_undo",
  "onair.on_air_already",
  "onair.slate_too_long",
  "reason_missing",
  "reason_too_long",
  "roles.deputy_presides",
  "roles.may_not",
  "roles.not_your_site",
  "rollcall.count_impossible",
  "rollcall.delegate_unknown",
  "rollcall.no_quorum",
  "rollcall.not_open",
  "rollcall.open_already",
  "rollcall.reported_already",
  "sites.unknown",
  "stages.rehearsal_in_rehearsal",
  "stages.wrong_stage",
] as const;
export type RefusalCode = (typeof REFUSALS)[number];
