"""Index of the models of activities."""

from activities.models.event import ApplicationWay, EventPage, EventSession, EventState
from activities.models.festa import FestaExhibitor, FestaPage, FestaProgrammeItem
from activities.models.field import ActivityField, Area, LectureTopic
from activities.models.grant import ApplicantKind, GrantApplicant, GrantPage
from activities.models.group import GroupContact, GroupKind, GroupPage
from activities.models.index import EventIndexPage, GrantIndexPage, GroupIndexPage, MatchIndexPage, NewsIndexPage
from activities.models.lecture import LectureMaterial, LecturePage, LectureSeries
from activities.models.magazine import MagazineArticle, MagazineCadence, MagazineIndexPage, MagazineIssuePage
from activities.models.match import MatchActor, MatchDirection, MatchPage, MatchResource, MatchState
from activities.models.news import NewsKind, NewsPage
from activities.models.notice import (
    OPEN_STATES,
    Channel,
    Notice,
    NoticeAttachment,
    NoticeEntry,
    NoticePage,
    NoticeSession,
    NoticeState,
    ReturnReason,
)
from activities.models.place import Place
from activities.models.policy import NoticePolicy
from activities.models.salon import SalonPage
from activities.models.service import Charge, Equipment, Stand

__all__ = [
    "OPEN_STATES",
    "ActivityField",
    "ApplicantKind",
    "ApplicationWay",
    "Area",
    "Channel",
    "Charge",
    "Equipment",
    "EventIndexPage",
    "EventPage",
    "EventSession",
    "EventState",
    "FestaExhibitor",
    "FestaPage",
    "FestaProgrammeItem",
    "GrantApplicant",
    "GrantIndexPage",
    "GrantPage",
    "GroupContact",
    "GroupIndexPage",
    "GroupKind",
    "GroupPage",
    "LectureMaterial",
    "LecturePage",
    "LectureSeries",
    "LectureTopic",
    "MagazineArticle",
    "MagazineCadence",
    "MagazineIndexPage",
    "MagazineIssuePage",
    "MatchActor",
    "MatchDirection",
    "MatchIndexPage",
    "MatchPage",
    "MatchResource",
    "MatchState",
    "NewsIndexPage",
    "NewsKind",
    "NewsPage",
    "Notice",
    "NoticeAttachment",
    "NoticeEntry",
    "NoticePage",
    "NoticePolicy",
    "NoticeSession",
    "NoticeState",
    "Place",
    "ReturnReason",
    "SalonPage",
    "Stand",
]
