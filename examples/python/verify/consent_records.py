"""Consent records shaped after ISO/IEC TS 27560, made of signed objects alone. Field by field: docs/record.md."""
import datetime


def time(seconds):
    return (datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=seconds)).isoformat(timespec="milliseconds") + "Z"


def consent_records(objects, household):
    """What consent-records.json of that household's export has to say."""
    of = lambda t: sorted((each for each in objects if each.type == t), key=lambda each: each.id)
    everything = {t: of(t) for t in ("manifest", "ask", "receipt", "renounce", "revoke")}
    return {"schema_version": "porchlight-consent-records/1", "shaped_after": "ISO/IEC TS 27560:2023",
            "records": [record_of(grant, everything, household) for grant in of("grant")]}


def named(objects, wanted):
    return next((each.body for each in objects if each.id == wanted), None)


def record_of(grant, everything, household):
    body, manifest = grant.body, named(everything["manifest"], grant.body["manifest"])
    of_manifest = lambda key, nothing=None: nothing if manifest is None else manifest[key]
    recipient = body["aud"]["household"] if "household" in body["aud"] else f"community:{body['aud']['community']}"
    receipts = [each for each in everything["receipt"] if each.body["grant"] == grant.id]
    scopes = {scope["id"]: scope for scope in of_manifest("scopes", [])}
    return {
        "record_id": grant.id,
        "direction": "given" if body["iss"] == household else "received",
        "pii_principal": {"id": body["iss"], "device": body["dev"], "household_document": body["doc"]},
        "pii_controllers": [{"id": recipient}],
        "service": {"protocol": of_manifest("proto"), "location": body["scopes"][0]["locations"][0]},
        "privacy_notice": {"manifest": body["manifest"], "hash": body["shown"]["hash"], "hash_algorithm": "sha-256", "language": body["shown"]["lang"],
                           "text": grant.shown["text"] if grant.shown else None},
        "purposes": [{"purpose": purpose, "lawful_basis": "dpv:Consent"} for purpose in body["purposes"]],
        "pii_information": [{"type": datum["id"], "category": datum["category"], "sensitivity": datum["sensitivity"],
                             "about_others": datum["aboutOthers"], "optional": datum["optional"]} for datum in of_manifest("data", [])],
        "retention": body["retention"],
        "recipient_third_parties": body["onward"],
        "storage": of_manifest("storage"),
        "automated_decisions": of_manifest("automation"),
        "authorization_details": [{"type": of_manifest("proto"), "identifier": scope["id"], "locations": scope["locations"],
                                   "actions": scopes.get(scope["id"], {}).get("actions"), "datatypes": scopes.get(scope["id"], {}).get("datatypes"),
                                   "limits": scope["max"]} for scope in body["scopes"]],
        "validity": {"from": time(body["nbf"]), "until": time(body["exp"])},
        "events": events_of(grant, recipient, receipts, everything),
        "receipts": [{"receipt_id": each.id, "by": each.body["iss"], "at": time(each.body["at"]), "accepts": each.body["accepts"]} for each in receipts],
    }


def events_of(grant, recipient, receipts, everything):
    body, found = grant.body, []
    if body["ask"] is not None:
        ask = named(everything["ask"], body["ask"])
        found.append({"event": "requested", "by": recipient, "at": time(ask["at"]) if ask else None, "object": body["ask"]})
    found.append({"event": "given", "by": body["iss"], "at": None, "object": grant.id})
    found += [{"event": "accepted", "by": each.body["iss"], "at": time(each.body["at"]), "object": each.id} for each in receipts]
    if body["renews"] is not None:
        found.append({"event": "renews", "by": body["iss"], "at": None, "object": body["renews"]})
    for t, event, key in (("renounce", "given-back", "erased"), ("revoke", "withdrawn", "erasure")):
        found += [{"event": event, "by": each.body["iss"], "at": time(each.body["at"]), "object": each.id, key: each.body[key]}
                  for each in everything[t] if grant.id in each.body["grants"]]
    return found
