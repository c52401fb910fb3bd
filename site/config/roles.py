"""Who may do what: four roles, as groups of the editor. Safe to repeat; staff's own additions are kept."""

from django.contrib.auth.models import Group, Permission
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    GroupCollectionPermission,
    GroupPagePermission,
    Page,
    Workflow,
    WorkflowTask,
)

VIEWER, EDITOR, APPROVER, MANAGER = "閲覧", "編集", "承認・配信", "管理"

PAGE_PERMISSIONS = {
    EDITOR: ("add_page", "change_page", "publish_page"),
    APPROVER: ("add_page", "change_page", "publish_page", "lock_page", "unlock_page"),
    MANAGER: ("add_page", "change_page", "publish_page", "lock_page", "unlock_page", "bulk_delete_page"),
}
COLLECTION_PERMISSIONS = {
    EDITOR: (
        "add_centreimage",
        "change_centreimage",
        "choose_centreimage",
        "add_centredocument",
        "change_centredocument",
        "choose_centredocument",
    ),
}
COLLECTION_PERMISSIONS[APPROVER] = COLLECTION_PERMISSIONS[EDITOR]
COLLECTION_PERMISSIONS[MANAGER] = (*COLLECTION_PERMISSIONS[EDITOR], "delete_centreimage", "delete_centredocument")

VIEW = "view"
CHANGE = ("view", "add", "change")
ALL = ("view", "add", "change", "delete")
VIEWER_MODELS = {"activities.notice": (VIEW,), "newsletter.issue": (VIEW,)}
EDITOR_MODELS = {
    "activities.notice": CHANGE,
    "activities.place": CHANGE,
    "activities.equipment": CHANGE,
    "activities.stand": CHANGE,
    "activities.standdisplay": ALL,
    "activities.matchcontact": CHANGE,
    "activities.consultation": CHANGE,
    "activities.consultationservice": CHANGE,
    "activities.area": CHANGE,
    "activities.lecturetopic": CHANGE,
    "activities.activityfield": (VIEW,),
    "activities.noticepolicy": (VIEW,),
    "center.specialday": ALL,
    "center.confirmedyear": CHANGE,
    "newsletter.issue": CHANGE,
    "newsletter.section": CHANGE,
    "newsletter.mailpolicy": (VIEW,),
    "newsletter.domainpace": (VIEW,),
    "newsletter.subscriber": CHANGE,
    "newsletter.consentevent": (VIEW,),
    "newsletter.suppression": (VIEW,),
}
MANAGER_MODELS = EDITOR_MODELS | {
    "activities.matchcontact": ALL,
    "activities.consultation": ALL,
    "activities.noticepolicy": CHANGE,
    "newsletter.mailpolicy": CHANGE,
    "newsletter.domainpace": ALL,
    "newsletter.subscriber": ALL,
    "newsletter.section": ALL,
    "newsletter.suppression": ALL,
    "center.centresettings": ("change",),
    "center.user": ALL,
}
MODEL_PERMISSIONS = {VIEWER: VIEWER_MODELS, EDITOR: EDITOR_MODELS, APPROVER: EDITOR_MODELS, MANAGER: MANAGER_MODELS}
FILES_OF_SUBSCRIBERS = ("newsletter.import_subscriber", "newsletter.export_subscriber")
EXTRA = {APPROVER: ("newsletter.approve_issue", *FILES_OF_SUBSCRIBERS), MANAGER: FILES_OF_SUBSCRIBERS}


def _permission(app: str, codename: str) -> Permission:
    return Permission.objects.get(content_type__app_label=app, codename=codename)


def make_roles(home: Page) -> dict[str, Group]:
    """Make the four roles with their permissions on the site below `home`; return them by name."""
    root_collection = Collection.get_first_root_node() or Collection.add_root(name="Root")
    groups = {}
    for name in (VIEWER, EDITOR, APPROVER, MANAGER):
        group, _ = Group.objects.get_or_create(name=name)
        permissions = [_permission("wagtailadmin", "access_admin")]
        for model, verbs in MODEL_PERMISSIONS[name].items():
            app, model_name = model.split(".")
            permissions += [_permission(app, f"{verb}_{model_name}") for verb in verbs]
        permissions += [_permission(*extra.split(".")) for extra in EXTRA.get(name, ())]
        group.permissions.add(*permissions)
        for codename in PAGE_PERMISSIONS.get(name, ()):
            GroupPagePermission.objects.get_or_create(
                group=group, page=home, permission=_permission("wagtailcore", codename)
            )
        for codename in COLLECTION_PERMISSIONS.get(name, ()):
            GroupCollectionPermission.objects.get_or_create(
                group=group, collection=root_collection, permission=_permission("center", codename)
            )
        groups[name] = group
    _make_workflow(groups[APPROVER])
    Group.objects.filter(name__in=("Editors", "Moderators"), user__isnull=True).delete()
    return groups


def _make_workflow(approvers: Group) -> None:
    """A second look at pages, ready but assigned to none: only the mail needs a second person."""
    workflow, _ = Workflow.objects.get_or_create(name="ページの確認")
    task, made = GroupApprovalTask.objects.get_or_create(name="承認・配信の人が読む")
    if made:
        task.groups.add(approvers)
    WorkflowTask.objects.get_or_create(workflow=workflow, task=task, defaults={"sort_order": 0})
