#include <strata/api/rpc.hpp>

#include <nlohmann/json.hpp>

namespace strata::api {
namespace {

struct Size {
    std::size_t depth = 0;   // levels of nesting
    std::size_t values = 1;  // an upper bound
};

/// Counts brackets and separators outside of strings before parsing, so that neither the parser's stack nor its memory
/// grows beyond the limits. Stops when a limit is exceeded.
Size measure(std::string_view text, const RequestLimits& limits) {
    Size out;
    std::size_t depth = 0;
    bool in_string = false;
    for (std::size_t i = 0; i < text.size() && out.depth <= limits.depth && out.values <= limits.values; ++i) {
        const char c = text[i];
        if (in_string) {
            if (c == '\\') ++i;
            if (c == '"') in_string = false;
            continue;
        }
        if (c == '"') in_string = true;
        if (c == '[' || c == '{') out.depth = std::max(out.depth, ++depth);
        if (c == '[' || c == '{' || c == ',' || c == ':') ++out.values;
        if ((c == ']' || c == '}') && depth > 0) --depth;
    }
    return out;
}

/// Returns about how much memory a value takes. The depth was measured before.
std::size_t memory_of(const Json& value) {
    constexpr std::size_t kNode = 120;  // bytes of a node of nlohmann's tree, rounded up
    std::size_t out = kNode;
    if (value.is_string()) out += value.get_ref<const std::string&>().size();
    if (value.is_array())
        for (const auto& item : value) out += memory_of(item);
    if (value.is_object())
        for (const auto& [name, item] : value.items()) out += name.size() + memory_of(item);
    return out;
}

/// Returns about how much memory calls hold while they wait. Members that nobody reads are gone by then.
std::size_t memory_of(const std::vector<Call>& calls) {
    std::size_t out = 0;
    for (const auto& call : calls) {
        out += sizeof(Call) + call.method.size();
        if (call.id) out += memory_of(*call.id);
        if (call.params) out += memory_of(*call.params);
    }
    return out;
}

// Returns the status of an answer: 200 for errors of the application (docs/protocol/node.md §28.1).
unsigned status_of(const Fault& fault) {
    switch (fault.code) {
        case Code::invalid_request:
            return 400;
        case Code::parse:
        case Code::method_not_found:
        case Code::invalid_params:
            return 500;
        default:
            return 200;
    }
}

std::string text_of(const Json& id, const Fault& fault) {
    Json error{{"code", static_cast<int>(fault.code)}, {"message", fault.message}};
    if (!fault.data.empty()) error["data"] = fault.data;
    if (fault.epoch) error["data"] = *fault.epoch;
    return api::text_of({{"jsonrpc", "2.0"}, {"id", id}, {"error", std::move(error)}});
}

Call read_call(Json& request) {
    Call out;
    const auto refused = [&](Code code, std::string why) {
        out.refused.emplace(code, std::move(why));
        return out;
    };
    if (!request.is_object()) return refused(Code::invalid_request, "Invalid request");
    Json id = request.value("id", Json());
    if (!id.is_null() && !id.is_string() && !id.is_number())
        return refused(Code::parse, std::string("failed to parse ID: its JSON type is ") + id.type_name() +
                                        ", expected a number or a string");
    if (!id.is_null()) out.id = std::make_shared<const Json>(std::move(id));
    const auto method = request.find("method");
    out.is_answer = method == request.end() && (request.contains("result") || request.contains("error"));
    if (method == request.end() || !method->is_string()) return refused(Code::invalid_request, "Invalid request");
    out.method = method->get_ref<const std::string&>();
    const auto params = request.find("params");
    const bool is_absent = params == request.end() || params->is_null();
    out.params = std::make_shared<const Json>(is_absent ? Json::array() : std::move(*params));
    if (!out.params->is_array())
        return refused(Code::parse, std::string("unmarshaling param array: the JSON type of params is ") +
                                        out.params->type_name() + ", expected an array");
    return out;
}

}  // namespace

Reply refuse(const Fault& fault) {
    return {status_of(fault), text_of(nullptr, fault)};
}

std::variant<Calls, Reply> read_calls(BytesView body, const RequestLimits& limits) {
    if (body.size() > limits.request_bytes)
        return refuse(
            {Code::parse, "request bigger than maximum " + std::to_string(limits.request_bytes) + " allowed"});
    const std::string_view text = as_text(body);
    if (text.find_first_not_of(" \t\r\n") == std::string_view::npos)
        return refuse({Code::invalid_request, "Invalid request"});
    // Depth and values are measured on the text, because the tree of a hostile text could exhaust stack or memory.
    const Size size = measure(text, limits);
    if (size.depth > limits.depth)
        return refuse({Code::parse,
                       "Parse error: the request is nested deeper than " + std::to_string(limits.depth) + " levels"});
    if (size.values > limits.values)
        return refuse(
            {Code::parse, "Parse error: the request has more than " + std::to_string(limits.values) + " values"});
    Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (json.is_discarded()) return refuse({Code::parse, "Parse error: the request is not JSON"});
    Calls out{.calls = {}, .is_batch = json.is_array(), .bytes = 0};
    if (!out.is_batch) {
        out.calls.push_back(read_call(json));
        out.bytes = memory_of(out.calls);
        return out;
    }
    if (json.empty()) return refuse({Code::invalid_request, "Invalid request"});
    if (json.size() > limits.batch)
        return refuse({Code::batch_too_long, "the batch request is too large: it has " + std::to_string(json.size()) +
                                                 " calls, expected at most " + std::to_string(limits.batch)});
    for (auto& request : json) out.calls.push_back(read_call(request));
    out.bytes = memory_of(out.calls);
    return out;
}

void ReplyWriter::add(const Call& call, const Answer& answer) {
    // A call without an ID is a notification, which has no answer. Errors of the protocol are answered all the same.
    const bool is_protocol_error = !answer && status_of(answer.error()) != 200;
    if (!call.id && !is_protocol_error) return;
    if (is_batch_) reply_.body += reply_.body.empty() ? "[" : ",";
    if (!answer) {
        if (!is_batch_) reply_.status = status_of(answer.error());
        reply_.body += text_of(call.id ? *call.id : Json(), answer.error());
        return;
    }
    reply_.body += R"({"id":)" + api::text_of(*call.id) + R"(,"jsonrpc":"2.0","result":)";
    reply_.body += answer->json;
    reply_.body.push_back('}');
}

Reply ReplyWriter::finish() && {
    if (is_batch_ && !reply_.body.empty()) reply_.body.push_back(']');
    return std::move(reply_);
}

}  // namespace strata::api
