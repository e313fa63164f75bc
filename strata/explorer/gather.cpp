#include <strata/explorer/gather.hpp>

#include <algorithm>
#include <set>

namespace strata::explorer {
namespace {

// How a step is written: README.md. A reference is "$NAME/PATH", with "+1", "-40" or "-$NAME" behind it for a number.
using Scope = std::map<std::string, const Json*>;

Error missing(std::string_view name) {
    return fail(Errc::not_found, std::string(name) + " is missing");
}

/// A name behind a dollar sign, from the beginning of the text.
std::string_view name_at(std::string_view text) {
    return text.substr(0, text.find_first_not_of("abcdefghijklmnopqrstuvwxyz_"));
}

/// Calls `take` with each name that a value refers to.
void for_names(const Json& value, const auto& take) {
    if (value.is_string()) {
        std::string_view text = value.get_ref<const std::string&>();
        for (auto at = text.find('$'); at != std::string_view::npos; at = text.find('$')) {
            text.remove_prefix(at + 1);
            take(std::string(name_at(text)));
        }
    } else if (value.is_structured()) {
        for (const auto& one : value) for_names(one, take);
    }
}

std::set<std::string> needs_of(const Json& step) {
    std::set<std::string> out;
    for (const char* part : {"with", "each", "when"})
        if (step.contains(part)) for_names(step[part], [&](std::string name) { out.insert(std::move(name)); });
    if (step.contains("unless")) out.insert(step["unless"].get<std::string>());
    return out;
}

/// Follows a path of names, numbers of items, and "*" for all items.
Result<Json> walk(const Json& value, std::string_view path, const Scope& scope) {
    if (path.empty()) return value;
    const auto slash = std::min(path.find('/'), path.size());
    std::string name(path.substr(0, slash));
    const auto rest = path.substr(std::min(slash + 1, path.size()));
    if (name == "*") {
        if (!value.is_array()) return missing("a list");
        Json out = Json::array();
        for (const auto& one : value)
            if (auto found = walk(one, rest, scope)) out.push_back(std::move(*found));
        return out;
    }
    if (name.starts_with('$')) {
        const auto it = scope.find(name.substr(1));
        if (it == scope.end()) return missing(name);
        name = it->second->dump();
    }
    if (value.is_array() && checked("number", name)) {
        const auto index = checked("number", name)->get<std::size_t>();
        return index < value.size() ? walk(value[index], rest, scope) : Result<Json>(missing(name));
    }
    const auto it = value.find(name);
    return value.is_object() && it != value.end() ? walk(*it, rest, scope) : Result<Json>(missing(name));
}

Result<Json> resolved(std::string_view reference, const Scope& scope) {
    const auto sign = std::min(reference.find_first_of("+-"), reference.size());
    const auto path = reference.substr(1, sign - 1);
    const auto slash = std::min(path.find('/'), path.size());
    const auto it = scope.find(std::string(path.substr(0, slash)));
    if (it == scope.end() || it->second->is_null()) return missing(path.substr(0, slash));
    STRATA_TRY(auto found, walk(*it->second, path.substr(std::min(slash + 1, path.size())), scope));
    if (found.is_null()) return missing(path);
    if (sign == reference.size()) return found;
    const auto by = reference.substr(sign + 1);
    Json change = by.starts_with('$') ? *scope.at(std::string(by.substr(1))) : checked("number", by).value_or(0);
    if (!found.is_number_integer() || !change.is_number_integer()) return missing(path);
    const auto number = found.get<std::int64_t>(), amount = change.get<std::int64_t>();
    return Json(std::max<std::int64_t>(0, reference[sign] == '+' ? number + amount : number - amount));
}

/// Puts facts in the place of references.
Result<Json> filled(const Json& value, const Scope& scope) {
    if (value.is_string() && value.get_ref<const std::string&>().starts_with('$'))
        return resolved(value.get_ref<const std::string&>(), scope);
    if (!value.is_structured()) return value;
    Json out = value;
    for (auto& one : out) {
        STRATA_TRY(one, filled(one, scope));
    }
    return out;
}

/// The values for which a step is done.
Result<std::vector<Json>> items_of(const Json& step, const Scope& scope) {
    std::vector<Json> out;
    const auto& each = step["each"];
    if (each.is_object()) {
        STRATA_TRY(const auto below, filled(each["below"], scope));
        if (!below.is_number_integer()) return missing("a number");
        auto at = below.get<std::int64_t>();
        for (auto left = each["count"].get<int>(); left > 0 && at > 0; --left) out.emplace_back(--at);
        return out;
    }
    STRATA_TRY(const auto list, filled(each, scope));
    std::set<std::string> known;
    for (const auto& one : list)
        if (known.insert(one.dump()).second) out.push_back(one);
    const auto most = step["most"].get<std::size_t>();
    if (out.size() <= most) return out;
    if (step.value("spread", false)) {
        std::vector<Json> some;
        for (std::size_t i = 0; i < most; ++i) some.push_back(out[i * (out.size() - 1) / (most - 1)]);
        return some;
    }
    out.resize(most);
    return out;
}

class Gatherer {
  public:
    Gatherer(const http::Handler& inside, const http::Request& request, const Visit& visit, std::size_t most)
        : inside_(inside), request_(request), visit_(visit), most_(most) {
        for (const auto& [name, value] : visit.arguments.items()) scope_.emplace(name, &value);
        if (visit.page->contains("text"))
            kind_ = kind_of(visit.arguments[(*visit.page)["text"]].get_ref<const std::string&>());
    }

    Json run() {
        std::vector<const Json*> left;
        for (const auto& step : (*visit_.page)["steps"]) left.push_back(&step);
        // A step refers to arguments and to steps before it, so each wave does at least one.
        while (!left.empty() && !request_.gone.stop_requested()) {
            std::set<std::string> open;
            std::vector<const Json*> ready;
            for (const auto* step : left) {
                const auto needs = needs_of(*step);
                const bool waits = std::ranges::any_of(needs, [&](const auto& name) { return open.contains(name); });
                if (!waits) ready.push_back(step);
                open.insert((*step)["as"]);
            }
            std::erase_if(left, [&](const auto* step) { return std::ranges::find(ready, step) != ready.end(); });
            for (const auto* step : ready) begin(*step);
            for (const bool newest : {false, true}) ask(newest);
            finish();
        }
        return {
            {"page", (*visit_.page)["page"]}, {"arguments", visit_.arguments}, {"facts", facts_}, {"errors", errors_}};
    }

  private:
    struct Asked {
        std::string name;
        bool newest = false;  // of /rpc/v2
        bool many = false;
        std::vector<Json> items;  // one for each call
        std::vector<Json> calls;
        std::vector<Json> answers;  // {"value"} or {"error"}
    };

    void refuse(const std::string& name, std::string_view message, std::int64_t code = 0) {
        errors_[name] = {{"code", code}, {"message", message}};
    }
    void know(const std::string& name, Json value) { scope_[name] = &(facts_[name] = std::move(value)); }

    void begin(const Json& step) {
        const auto name = step["as"].get<std::string>();
        if (bytes_ > most_)
            return refuse(name, "the facts of this page are larger than " + std::to_string(most_) + " bytes");
        if (const auto done = prepare(step, name); !done) refuse(name, done.error().message());
    }

    Status prepare(const Json& step, const std::string& name) {
        if (step.contains("for") && step["for"] != kind_) return missing("a text of that kind");
        if (step.contains("unless")) {
            const auto it = scope_.find(step["unless"]);
            if (it != scope_.end() && !it->second->is_null()) return fail(Errc::not_found, "not needed");
        }
        if (step.contains("when")) {
            STRATA_TRY(const auto that, filled(step["when"]["that"], scope_));
            if (!that.is_number() || that > step["when"]["most"]) return fail(Errc::too_large, "too many to list");
        }
        if (step.contains("get")) return get(name, step["get"], step.value("owner", false));
        if (step.contains("head")) return head(name, step["head"]);
        Asked asked;
        asked.name = name;
        asked.newest = step.value("v2", false);
        asked.many = step.contains("each");
        auto scope = scope_;
        Json searched;
        if (step.contains("for")) {
            const auto& text = (*visit_.page)["text"].get_ref<const std::string&>();
            searched = *checked(kind_, visit_.arguments[text].get_ref<const std::string&>());
            scope[text] = &searched;
        }
        if (asked.many) {
            STRATA_TRY(asked.items, items_of(step, scope));
        } else {
            asked.items.emplace_back();
        }
        for (const auto& item : asked.items) {
            if (asked.many) scope["item"] = &item;
            STRATA_TRY(auto params, filled(step.value("with", Json::array()), scope));
            asked.calls.push_back({{"method", "Filecoin." + step["ask"].get<std::string>()}, {"params", params}});
        }
        asked_.push_back(std::move(asked));
        return {};
    }

    http::Response inside(http::Request request) {
        request.gone = request_.gone;
        return http::await_answer(inside_(request));
    }

    Status get(const std::string& name, const std::string& path, bool for_owner) {
        http::Request request{"GET", path, {}, {}, {}};
        if (const auto token = request_.header("authorization"); for_owner && !token.empty())
            request.headers["authorization"] = token;
        const auto answer = inside(std::move(request));
        const auto* body = std::get_if<Bytes>(&answer.body);
        if (body == nullptr) return missing("an answer");
        bytes_ += body->size();
        if (answer.status != 200) {
            refuse(name, as_text(*body), answer.status);
            return {};
        }
        auto json = Json::parse(as_text(*body), nullptr, false);
        know(name, json.is_discarded() ? Json(as_text(*body)) : std::move(json));
        return {};
    }

    /// `path` has one reference, to a CID in the page's address or in the search box.
    Status head(const std::string& name, const std::string& path) {
        const auto at = path.find('$');
        const auto key = std::string(name_at(std::string_view(path).substr(at + 1)));
        const Json& cid = *scope_.at(key);
        const auto text = cid.is_object() ? cid["/"].get<std::string>() : cid.get<std::string>();
        auto target = http::parse_target(path.substr(0, at) + text + path.substr(at + 1 + key.size()));
        if (!target) return target.error();
        const auto answer = inside({"HEAD", std::move(target->path), std::move(target->query), {}, {}});
        Json bytes;
        if (const auto* stream = std::get_if<http::Stream>(&answer.body); stream && stream->length)
            bytes = *stream->length;
        if (const auto* body = std::get_if<Bytes>(&answer.body)) bytes = body->size();
        know(name, {{"status", answer.status}, {"bytes", answer.status == 200 ? bytes : Json()}});
        return {};
    }

    /// Sends all calls of the wave to one version of the API, as one list.
    void ask(bool newest) {
        Json list = Json::array();
        std::vector<Json*> places;
        for (auto& asked : asked_) {
            if (asked.newest != newest) continue;
            asked.answers.assign(asked.calls.size(), {{"error", {{"code", 0}, {"message", "no answer"}}}});
            for (std::size_t i = 0; i < asked.calls.size(); ++i) {
                asked.calls[i].update({{"jsonrpc", "2.0"}, {"id", places.size()}});
                list.push_back(std::move(asked.calls[i]));
                places.push_back(&asked.answers[i]);
            }
        }
        if (list.empty()) return;
        const auto text = list.dump();
        const auto answer = inside({"POST",
                                    newest ? "/rpc/v2" : "/rpc/v1",
                                    {},
                                    {{"content-type", "application/json"}},
                                    to_bytes(as_bytes(text))});
        const auto* body = std::get_if<Bytes>(&answer.body);
        if (body == nullptr) return;
        bytes_ += body->size();
        auto replies = Json::parse(as_text(*body), nullptr, false);
        if (!replies.is_array()) return;
        for (auto& reply : replies) {
            const auto id = reply.is_object() ? reply.value("id", Json()) : Json();
            if (!id.is_number_unsigned() || id.get<std::size_t>() >= places.size()) continue;
            Json& place = *places[id.get<std::size_t>()];
            if (reply.contains("error"))
                place = {{"error", reply["error"]}};
            else
                place = {{"value", std::move(reply["result"])}};
        }
    }

    void finish() {
        for (auto& asked : asked_) {
            if (asked.many) {
                for (std::size_t i = 0; i < asked.items.size(); ++i) asked.answers[i]["item"] = asked.items[i];
                know(asked.name, Json(std::move(asked.answers)));
            } else if (auto& answer = asked.answers.front(); answer.contains("value")) {
                know(asked.name, std::move(answer["value"]));
            } else {
                errors_[asked.name] = answer["error"];
            }
        }
        asked_.clear();
    }

    const http::Handler& inside_;
    const http::Request& request_;
    const Visit& visit_;
    const std::size_t most_;
    std::string_view kind_;  // of the text in the search box
    Json facts_ = Json::object(), errors_ = Json::object();
    Scope scope_;               // the page's arguments, and the facts so far
    std::vector<Asked> asked_;  // in this wave
    std::size_t bytes_ = 0;     // of the answers so far
};

}  // namespace

Json gather(const http::Handler& inside, const http::Request& request, const Visit& visit, std::size_t most) {
    return Gatherer(inside, request, visit, most).run();
}

}  // namespace strata::explorer
