#include <strata/api/rpc.hpp>

namespace strata::api {
namespace {

// Depth of brackets outside of strings: looked at before parsing, so that nothing recurses deeper.
bool is_deeper_than(std::string_view text, std::size_t limit) {
    std::size_t depth = 0;
    bool in_string = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (in_string) {
            if (c == '\\') ++i;
            if (c == '"') in_string = false;
            continue;
        }
        if (c == '"') in_string = true;
        if (c == '[' || c == '{') ++depth;
        if (depth > limit) return true;
        if ((c == ']' || c == '}') && depth > 0) --depth;
    }
    return false;
}

// What came from outside may be no UTF-8; it goes out with replacement characters.
std::string text_of(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json failure(const Json& id, const Fault& fault) {
    return {{"jsonrpc", "2.0"},
            {"id", id},
            {"error", {{"code", static_cast<int>(fault.code)}, {"message", fault.message}}}};
}

// 200 for errors of the application (node.md §28.1).
unsigned status_of(const Fault& fault) {
    if (fault.code == Code::application) return 200;
    return fault.code == Code::invalid_request ? 400 : 500;
}

struct Outcome {
    unsigned status = 200;
    std::string text;  // empty: a notification
};

Outcome refuse(const Json& id, const Fault& fault) {
    return {status_of(fault), text_of(failure(id, fault))};
}

Outcome answer_one(const Json& request, const CallMethod& call) {
    if (!request.is_object()) return refuse(nullptr, {Code::invalid_request, "Invalid request"});
    const Json id = request.value("id", Json());
    if (!id.is_null() && !id.is_string() && !id.is_number())
        return refuse(nullptr, {Code::parse, "failed to parse ID: it must be a number or a string"});
    const auto method = request.find("method");
    if (method == request.end() || !method->is_string()) return refuse(id, {Code::invalid_request, "Invalid request"});
    Json params = request.value("params", Json());
    if (params.is_null()) params = Json::array();
    if (!params.is_array()) return refuse(id, {Code::parse, "unmarshaling param array: params must be a list"});
    auto answer = call(method->get_ref<const std::string&>(), params);
    if (!answer && answer.error().code != Code::application) return refuse(id, answer.error());
    if (id.is_null()) return {};
    if (!answer) return refuse(id, answer.error());
    return {200, text_of({{"jsonrpc", "2.0"}, {"id", id}, {"result", std::move(*answer)}})};
}

Reply answer_batch(const Json& requests, const Options& limits, const CallMethod& call) {
    Reply out;
    for (const auto& request : requests) {
        const bool full = out.body.size() > limits.answer_bytes;
        const auto one = full ? refuse(request.is_object() ? request.value("id", Json()) : Json(),
                                       {Code::application, "the batch's answers are too large: ask for less"})
                              : answer_one(request, call);
        if (one.text.empty()) continue;
        out.body += out.body.empty() ? "[" : ",";
        out.body += one.text;
    }
    if (!out.body.empty()) out.body += "]";
    return out;
}

}  // namespace

Reply answer_body(BytesView body, const Options& limits, const CallMethod& call) {
    const auto refused = [](const Fault& fault) {
        auto one = refuse(nullptr, fault);
        return Reply{one.status, std::move(one.text)};
    };
    if (body.size() > limits.request_bytes)
        return refused(
            {Code::parse, "request bigger than maximum " + std::to_string(limits.request_bytes) + " allowed"});
    const std::string_view text = as_text(body);
    if (text.find_first_not_of(" \t\r\n") == std::string_view::npos)
        return refused({Code::invalid_request, "Invalid request"});
    if (is_deeper_than(text, limits.depth)) return refused({Code::parse, "Parse error: nested too deep"});
    const Json json = Json::parse(text, nullptr, false);
    if (json.is_discarded()) return refused({Code::parse, "Parse error"});
    if (!json.is_array()) {
        auto one = answer_one(json, call);
        return {one.status, std::move(one.text)};
    }
    if (json.empty()) return refused({Code::invalid_request, "Invalid request"});
    if (json.size() > limits.batch)
        return refused({Code::invalid_request, "more than " + std::to_string(limits.batch) + " calls in a batch"});
    return answer_batch(json, limits, call);
}

}  // namespace strata::api
