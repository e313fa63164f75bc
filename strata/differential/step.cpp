#include <strata/differential/step.hpp>

#include <nlohmann/json.hpp>

#include <strata/base/hex.hpp>

namespace strata::differential {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kClass = "actors-differential";
constexpr std::array<std::string_view, 3> kKinds{"message", "implicit", "cron"};
constexpr std::array<std::string_view, 3> kCronRuns{"every", "due", "last"};

template <class E>
std::string name_of(std::span<const std::string_view> names, E value) {
    return std::string(names[static_cast<std::size_t>(value)]);
}

Json json_of(const Step& step) {
    Json out{{"kind", name_of(kKinds, step.kind)}, {"epoch", step.epoch}, {"label", step.label}};
    if (step.kind == Step::Kind::cron) {
        out["last_epoch"] = step.last_epoch;
        out["runs"] = name_of(kCronRuns, step.cron);
        return out;
    }
    out["from"] = step.from.to_string();
    out["to"] = step.to.to_string();
    out["method"] = step.method;
    out["value"] = step.value.to_string();
    out["params"] = to_base64(step.params);
    return out;
}

Error wrong(const std::string& field, const std::string& what) {
    return fail(Errc::malformed, "\"" + field + "\": " + what);
}

// Reads the fields of one JSON object; each refusal names the field.
class Fields {
  public:
    explicit Fields(const Json& object) : object_(object) {}

    Result<std::string> text(const std::string& name) const {
        const auto it = object_.find(name);
        if (it == object_.end() || !it->is_string()) return wrong(name, "expected a string");
        return it->get<std::string>();
    }
    Result<std::uint64_t> number(const std::string& name) const {
        const auto it = object_.find(name);
        if (it == object_.end() || !it->is_number_unsigned())
            return wrong(name, "expected a number that is at least 0");
        return it->get<std::uint64_t>();
    }
    Result<ChainEpoch> epoch(const std::string& name) const {
        STRATA_TRY(const auto value, number(name));
        if (value > static_cast<std::uint64_t>(std::numeric_limits<ChainEpoch>::max() / 64))
            return wrong(name, "the epoch " + std::to_string(value) + " is too large");
        return static_cast<ChainEpoch>(value);
    }
    Result<Address> address(const std::string& name) const {
        STRATA_TRY(const auto value, text(name));
        auto address = Address::parse(value);
        if (!address) return wrong(name, address.error().message());
        return *address;
    }
    Result<TokenAmount> amount(const std::string& name) const {
        STRATA_TRY(const auto value, text(name));
        auto amount = BigInt::parse(value);
        if (!amount) return wrong(name, amount.error().message());
        return std::move(*amount);
    }
    Result<Bytes> base64(const std::string& name) const {
        STRATA_TRY(const auto value, text(name));
        auto bytes = from_base64(value);
        if (!bytes) return wrong(name, bytes.error().message());
        return std::move(*bytes);
    }
    Result<std::size_t> choice(const std::string& name, std::span<const std::string_view> names) const {
        STRATA_TRY(const auto value, text(name));
        const auto it = std::ranges::find(names, value);
        if (it != names.end()) return static_cast<std::size_t>(it - names.begin());
        std::string all;
        for (const auto& one : names) all += (all.empty() ? "" : ", ") + std::string(one);
        return wrong(name, "\"" + value + "\" is not one of " + all);
    }

  private:
    const Json& object_;
};

Result<Step> step_of(const Json& json) {
    if (!json.is_object()) return fail(Errc::malformed, "expected an object");
    const Fields fields(json);
    Step out;
    STRATA_TRY(const auto kind, fields.choice("kind", kKinds));
    out.kind = static_cast<Step::Kind>(kind);
    STRATA_TRY(out.epoch, fields.epoch("epoch"));
    STRATA_TRY(out.label, fields.text("label"));
    if (out.kind == Step::Kind::cron) {
        STRATA_TRY(out.last_epoch, fields.epoch("last_epoch"));
        if (out.last_epoch < out.epoch || out.last_epoch - out.epoch > kMaxCronRange)
            return wrong("last_epoch",
                         "expected " + std::to_string(out.epoch) + " to " + std::to_string(out.epoch + kMaxCronRange));
        STRATA_TRY(const auto runs, fields.choice("runs", kCronRuns));
        out.cron = static_cast<Step::Cron>(runs);
        return out;
    }
    STRATA_TRY(out.from, fields.address("from"));
    STRATA_TRY(out.to, fields.address("to"));
    STRATA_TRY(out.method, fields.number("method"));
    STRATA_TRY(out.value, fields.amount("value"));
    STRATA_TRY(out.params, fields.base64("params"));
    return out;
}

}  // namespace

std::string to_json(const Sequence& sequence) {
    std::string out = "{\"class\": \"" + std::string(kClass) + "\", \"seed\": " + std::to_string(sequence.seed) +
                      ", \"start\": {\"/\": \"" + sequence.start.to_string() + "\"}, \"steps\": [";
    // One line for each step, so that a person can delete or compare steps.
    for (std::size_t i = 0; i < sequence.steps.size(); ++i)
        out += (i == 0 ? "\n" : ",\n") + json_of(sequence.steps[i]).dump();
    return out + "\n]}\n";
}

Result<Sequence> parse_sequence(std::string_view json) {
    const auto all = Json::parse(json, nullptr, /*allow_exceptions=*/false);
    if (!all.is_object()) return fail(Errc::malformed, "the file is not a JSON object");
    const Fields fields(all);
    STRATA_TRY(const auto kind, fields.text("class"));
    if (kind != kClass) return wrong("class", "got \"" + kind + "\", expected \"" + std::string(kClass) + "\"");
    Sequence out;
    STRATA_TRY(out.seed, fields.number("seed"));
    const auto start = all.find("start");
    if (start == all.end() || !start->is_object()) return wrong("start", "expected a link, {\"/\": CID}");
    STRATA_TRY(const auto text, Fields(*start).text("/"));
    STRATA_TRY(out.start, Cid::parse(text));
    const auto steps = all.find("steps");
    if (steps == all.end() || !steps->is_array() || steps->size() > kMaxSteps)
        return wrong("steps", "expected an array of at most " + std::to_string(kMaxSteps) + " steps");
    for (const auto& json_step : *steps) {
        auto step = step_of(json_step);
        if (!step) return std::move(step).error().with_context("step " + std::to_string(out.steps.size()));
        out.steps.push_back(std::move(*step));
    }
    return out;
}

std::string describe(const Step& step) {
    std::string out = "epoch " + std::to_string(step.epoch);
    if (step.kind == Step::Kind::cron)
        return out + " to " + std::to_string(step.last_epoch) + ": cron, " + name_of(kCronRuns, step.cron) +
               (step.label.empty() ? "" : " (" + step.label + ")");
    out += ": " + step.from.to_string() + " calls method " + std::to_string(step.method) + " of " + step.to.to_string();
    if (!step.value.is_zero()) out += " with " + step.value.to_string() + " attoFIL";
    return out + (step.label.empty() ? "" : " (" + step.label + ")");
}

}  // namespace strata::differential
