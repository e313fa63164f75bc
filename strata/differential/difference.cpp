#include <strata/differential/difference.hpp>

#include <strata/base/hex.hpp>
#include <strata/ipld/data_model.hpp>

namespace strata::differential {
namespace {

std::string code_text(const Outcome& outcome) {
    const std::string code = std::to_string(outcome.exit_code);
    return outcome.failure.empty() ? code : code + " (" + outcome.failure + ")";
}

std::string value_text(BytesView bytes) {
    const auto value = decode_dag_cbor(bytes);
    return value ? encode_dag_json(*value) : "0x" + to_hex(bytes);
}

std::string return_text(const Outcome& outcome) {
    if (!outcome.return_codec && outcome.return_data.empty()) return "nothing";
    std::string out = value_text(outcome.return_data);
    if (outcome.return_codec) out += " with codec " + std::to_string(std::to_underlying(*outcome.return_codec));
    return out;
}

std::string event_text(const vm::StampedEvent& event) {
    std::string out = "f0" + std::to_string(event.emitter) + " emitted";
    for (const auto& entry : event.entries)
        out += " " + entry.key + "=" + value_text(entry.value) + "/" + std::to_string(entry.flags) + "/" +
               std::to_string(std::to_underlying(entry.codec));
    return out;
}

std::optional<std::string> first_event_that_differs(const Outcome& first, const Outcome& second,
                                                    const std::string& first_name, const std::string& second_name) {
    const auto encoded = [](const std::vector<vm::StampedEvent>& events, std::size_t i) {
        return i < events.size() ? to_cbor(events[i]) : Bytes{};
    };
    const auto shown = [](const std::vector<vm::StampedEvent>& events, std::size_t i) {
        return i < events.size() ? event_text(events[i]) : "there is none";
    };
    for (std::size_t i = 0; i < std::max(first.events.size(), second.events.size()); ++i)
        if (encoded(first.events, i) != encoded(second.events, i))
            return "event " + std::to_string(i) + "\n  " + first_name + ": " + shown(first.events, i) + "\n  " +
                   second_name + ": " + shown(second.events, i);
    return std::nullopt;
}

}  // namespace

std::optional<Difference> compare_outcomes(const Outcome& first, const Outcome& second, const std::string& first_name,
                                           const std::string& second_name) {
    if (first.exit_code != second.exit_code)
        return Difference{
            Difference::Kind::exit_code,
            0,
            "exit code " + std::to_string(first.exit_code) + "/" + std::to_string(second.exit_code),
            "exit code\n  " + first_name + ": " + code_text(first) + "\n  " + second_name + ": " + code_text(second),
            {}};
    if (first.return_data != second.return_data || first.return_codec != second.return_codec)
        return Difference{Difference::Kind::return_value,
                          0,
                          "return value",
                          "return value\n  " + first_name + ": " + return_text(first) + "\n  " + second_name + ": " +
                              return_text(second),
                          {}};
    if (auto text = first_event_that_differs(first, second, first_name, second_name))
        return Difference{Difference::Kind::events, 0, "events", std::move(*text), {}};
    return std::nullopt;
}

}  // namespace strata::differential
