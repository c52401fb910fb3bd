"""Index of the models of activities."""

from activities.models.access import ACCESSIBLE, Access
from activities.models.consultation import (
    Asker,
    Consultation,
    ConsultationEntry,
    ConsultationKind,
    ConsultationService,
    ConsultationState,
    ConsultationWay,
)
from activities.models.copies_received import CopiesReceived
from activities.models.desk_reminder import DeskMailChoice, DeskReminder, ReminderKind
from activities.models.event import ApplicationWay, EventPage, EventState
from activities.models.event_session import EventSession
from activities.models.facebook_post import FacebookPost, FacebookState
from activities.models.festa import FestaExhibitor, FestaPage, FestaProgrammeItem
from activities.models.field import ActivityField, Area, LectureTopic
from activities.models.grant import ApplicantKind, GrantApplicant, GrantPage
from activities.models.group import GroupContact, GroupKind, GroupPage
from activities.models.group_link import GroupCheck, GroupLink
from activities.models.index import EventIndexPage, GrantIndexPage, GroupIndexPage, MatchIndexPage, NewsIndexPage
from activities.models.inquiry import Inquiry, InquiryEntry
from activities.models.lecture import LectureMaterial, LecturePage, LectureSeries
from activities.models.magazine import MagazineArticle, MagazineCadence, MagazineIndexPage, MagazineIssuePage
from activities.models.match import MatchActor, MatchDirection, MatchPage, MatchResource, MatchStage, MatchState
from activities.models.match_contact import ContactState, MatchContact, MatchContactEntry
from activities.models.measure import MeasureKind, MeasurePage, PageMeasure
from activities.models.news import NewsKind, NewsPage
from activities.models.notice import (
    OPEN_STATES,
    Channel,
    HeldReason,
    Notice,
    NoticeAttachment,
    NoticeEntry,
    NoticePage,
    NoticeSession,
    NoticeState,
    ReturnReason,
)
from activities.models.notice_draft import NoticeDraft
from activities.models.notice_medium import NoticeMedium
from activities.models.pdf_reading import PdfPageText, PdfReading
from activities.models.place import Place
from activities.models.policy import NoticePolicy
from activities.models.salon import SalonPage
from activities.models.service import Charge, Equipment, Stand, YesNo
from activities.models.stand_display import StandDisplay
from activities.models.trusted_publication import TrustedPublication

__all__ = [
    "ACCESSIBLE",
    "OPEN_STATES",
    "Access",
    "ActivityField",
    "ApplicantKind",
    "ApplicationWay",
    "Area",
    "Asker",
    "Channel",
    "Charge",
    "Consultation",
    "ConsultationEntry",
    "ConsultationKind",
    "ConsultationService",
    "ConsultationState",
    "ConsultationWay",
    "ContactState",
    "CopiesReceived",
    "DeskMailChoice",
    "DeskReminder",
    "Equipment",
    "EventIndexPage",
    "EventPage",
    "EventSession",
    "EventState",
    "FacebookPost",
    "FacebookState",
    "FestaExhibitor",
    "FestaPage",
    "FestaProgrammeItem",
    "GrantApplicant",
    "GrantIndexPage",
    "GrantPage",
    "GroupCheck",
    "GroupContact",
    "GroupIndexPage",
    "GroupKind",
    "GroupLink",
    "GroupPage",
    "HeldReason",
    "Inquiry",
    "InquiryEntry",
    "LectureMaterial",
    "LecturePage",
    "LectureSeries",
    "LectureTopic",
    "MagazineArticle",
    "MagazineCadence",
    "MagazineIndexPage",
    "MagazineIssuePage",
    "MatchActor",
    "MatchContact",
    "MatchContactEntry",
    "MatchDirection",
    "MatchIndexPage",
    "MatchPage",
    "MatchResource",
    "MatchStage",
    "MatchState",
    "MeasureKind",
    "MeasurePage",
    "NewsIndexPage",
    "NewsKind",
    "NewsPage",
    "Notice",
    "NoticeAttachment",
    "NoticeDraft",
    "NoticeEntry",
    "NoticeMedium",
    "NoticePage",
    "NoticePolicy",
    "NoticeSession",
    "NoticeState",
    "PageMeasure",
    "PdfPageText",
    "PdfReading",
    "Place",
    "ReminderKind",
    "ReturnReason",
    "SalonPage",
    "Stand",
    "StandDisplay",
    "TrustedPublication",
    "YesNo",
]
