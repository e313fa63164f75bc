#include <strata/cli/exit_codes.hpp>
#include <strata/cli/method_verb.hpp>

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>

#include <nlohmann/json.hpp>

#include <strata/base/hex.hpp>
#include <strata/cli/evm_access.hpp>
#include <strata/cli/message_verb.hpp>

namespace strata::cli {

using api::Json;

namespace {

using Kind = MethodParameter::Kind;

struct MethodOptions : NodeOptions {
    std::vector<std::string> words;  // one for each parameter; empty if it was left out
    std::string tipset;
};

std::optional<std::int64_t> number_in(std::string_view text) {
    std::int64_t out = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), out);
    return read.ec == std::errc() && read.ptr == text.data() + text.size() ? std::optional(out) : std::nullopt;
}

Result<Json> value_of(const MethodParameter& parameter, const std::string& word, char prefix) {
    if (word.empty()) return Json();
    switch (parameter.kind) {
        case Kind::address: {
            STRATA_TRY(const auto address, parse_address(word));
            return Json(address.to_string(prefix));
        }
        case Kind::cid:
            return parse_cid(word);
        case Kind::number: {
            const auto number = number_in(word);
            if (number) return Json(*number);
            return fail(Errc::invalid_argument,
                        fmt::format("{} {}: expected a whole number", parameter.name, word.substr(0, 100)));
        }
        case Kind::bytes: {
            STRATA_TRY(const auto bytes, parse_hex(parameter.name, word));
            return Json(to_base64(bytes));
        }
        case Kind::amount: {
            STRATA_TRY(const auto amount, parse_amount(parameter.name, word));
            return Json(amount.to_string());
        }
        default:
            return Json(word);
    }
}

Result<Answer> ask_method(const MethodVerb& verb, const MethodOptions& options, api::Client& node, char prefix) {
    Json values = Json::array();
    for (std::size_t i = 0; i < verb.parameters.size(); ++i) {
        const auto& parameter = verb.parameters[i];
        Result<Json> value = Json();
        if (parameter.kind == Kind::tipset)
            value = tipset_key(node, options.tipset);
        else if (parameter.kind != Kind::null)
            value = value_of(parameter, options.words[i], prefix);
        if (!value) return std::move(value).error();
        values.push_back(std::move(*value));
    }
    STRATA_TRY(const auto answer, node.ask(verb.method, values));
    if (answer.is_null() && verb.if_null != nullptr) return Answer{answer, std::string(verb.if_null) + "\n", kFault};
    return Answer{answer, verb.text(answer)};
}

}  // namespace

void add_tipset_option(CLI::App& verb, std::string& tipset) {
    verb.add_option(
        "--tipset", tipset,
        "the state to look at: @EPOCH, or the CIDs of a tipset with commas between them (default: the head)");
}

Result<Json> tipset_key(api::Client& node, const std::string& text) {
    if (text.empty() || text == "@head") return Json();
    if (text.starts_with('@')) {
        const auto epoch = number_in(std::string_view(text).substr(1));
        if (!epoch || *epoch < 0)
            return fail(Errc::invalid_argument, "--tipset " + text.substr(0, 100) + ": expected @EPOCH, such as @100");
        STRATA_TRY(const auto tipset, node.ask("ChainGetTipSetByHeight", Json::array({*epoch, Json()})));
        return member(tipset, "Cids");
    }
    Json out = Json::array();
    for (std::size_t at = 0; at <= text.size();) {
        const auto end = std::min(text.find(',', at), text.size());
        STRATA_TRY(auto cid, parse_cid(std::string_view(text).substr(at, end - at)));
        out.push_back(std::move(cid));
        at = end + 1;
    }
    return out;
}

void add_method_verb(CLI::App& parent, Run& run, const MethodVerb& verb) {
    std::string path = parent.get_name();
    for (const auto* up = parent.get_parent(); up != nullptr && up->get_parent() != nullptr; up = up->get_parent())
        path = up->get_name() + " " + path;
    auto [added, options] =
        add_verb<MethodOptions>(parent, run, verb.name, verb.what, fmt::format("strata {} {}", path, verb.example),
                                [verb](const MethodOptions& given, api::Client& node, char prefix) {
                                    return ask_method(verb, given, node, prefix);
                                });
    options->words.resize(verb.parameters.size());
    for (std::size_t i = 0; i < verb.parameters.size(); ++i) {
        const auto& parameter = verb.parameters[i];
        if (parameter.kind == Kind::tipset) {
            add_tipset_option(*added, options->tipset);
        } else if (parameter.kind != Kind::null) {
            auto* const option = added->add_option(parameter.name, options->words[i], parameter.what);
            option->required(!parameter.is_optional);
        }
    }
}

}  // namespace strata::cli
