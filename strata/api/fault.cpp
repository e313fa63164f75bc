#include <strata/api/fault.hpp>

#include <nlohmann/json.hpp>

namespace strata::api {

std::string text_of(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// Source: lotus api/api_errors.go (ErrNullRound).
Fault Fault::null_round(std::int64_t epoch) {
    Fault out(Code::null_round, "requested epoch was a null round (" + std::to_string(epoch) + ")");
    out.epoch = epoch;
    return out;
}

Status TextWriter::add(const Json& element) {
    if (!empty()) text_.push_back(',');
    text_ += text_of(element);
    if (text_.size() <= limit_) return {};
    return fail(Errc::too_large, "the answer is longer than " + std::to_string(limit_) + " bytes: ask for less");
}

Status TextWriter::add(const std::string& name, const Json& value) {
    if (!empty()) text_.push_back(',');
    text_ += text_of(name) + ":";
    text_ += text_of(value);
    if (text_.size() <= limit_) return {};
    return fail(Errc::too_large, "the answer is longer than " + std::to_string(limit_) + " bytes: ask for less");
}

}  // namespace strata::api
