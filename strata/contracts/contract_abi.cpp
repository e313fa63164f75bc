#include <strata/contracts/contract_abi.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>

#include <strata/base/hex.hpp>
#include <strata/crypto/hash.hpp>

namespace strata::contracts {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxItems = 10'000;
constexpr unsigned kMaxNesting = 8;  // of tuples in one another
constexpr std::size_t kSelector = 4;
constexpr std::size_t kWord = 32;
constexpr std::size_t kNamesShown = 1'000;  // characters of a list of functions

Error wrong(const std::string& what) {
    return fail(Errc::invalid_argument, what);
}

std::string text_of(const Json& object, const char* name) {
    const auto it = object.is_object() ? object.find(name) : object.end();
    return object.is_object() && it != object.end() && it->is_string() ? it->get<std::string>() : std::string();
}

bool flag_of(const Json& object, const char* name) {
    const auto it = object.find(name);
    return it != object.end() && it->is_boolean() && it->get<bool>();
}

/// Names come from a file and go to a terminal.
std::string name_of(const Json& object) {
    auto name = text_of(object, "name");
    const bool plain = std::ranges::all_of(name, [](unsigned char c) { return c > 0x20 && c < 0x7f; });
    return plain ? name : std::string();
}

/// Returns the type as a signature has it: the fields of a tuple stand in its place.
Result<std::string> type_text(const Json& parameter, unsigned depth) {
    constexpr std::string_view kTuple = "tuple";
    auto type = text_of(parameter, "type");
    if (!type.starts_with(kTuple)) return type;
    const auto fields = parameter.find("components");
    if (depth == kMaxNesting || fields == parameter.end() || !fields->is_array())
        return wrong("the ABI has a tuple whose \"components\" are missing or nested too deep");
    std::string out = "(";
    for (const auto& field : *fields) {
        STRATA_TRY(const auto inner, type_text(field, depth + 1));
        out += (out.size() == 1 ? "" : ",") + inner;
    }
    return out + ")" + type.substr(kTuple.size());
}

Result<std::vector<AbiParameter>> parameters_of(const Json& item, const char* name) {
    std::vector<AbiParameter> out;
    const auto list = item.find(name);
    if (list == item.end() || !list->is_array()) return out;
    for (const auto& one : *list) {
        if (!one.is_object()) return wrong("the ABI has a parameter that is not an object");
        STRATA_TRY(auto type, type_text(one, 0));
        out.push_back({std::move(type), name_of(one), flag_of(one, "indexed")});
    }
    return out;
}

std::optional<AbiItem::Kind> kind_of(std::string_view type) {
    if (type == "constructor") return AbiItem::Kind::constructor;
    if (type == "function") return AbiItem::Kind::function;
    if (type == "event") return AbiItem::Kind::event;
    if (type == "error") return AbiItem::Kind::error;
    return std::nullopt;
}

Result<std::vector<AbiType>> types_of(const std::vector<AbiParameter>& parameters) {
    std::string text;
    for (const auto& one : parameters) text += (&one == parameters.data() ? "" : ",") + one.type;
    return parse_types(text);
}

/// Empty if a type is not known here.
std::optional<AbiFunction> callable(const AbiItem& item) {
    auto inputs = types_of(item.inputs);
    auto outputs = types_of(item.outputs);
    if (!inputs || !outputs) return std::nullopt;
    return AbiFunction{item.name, std::move(*inputs), std::move(*outputs)};
}

std::string named(const AbiItem& item, const std::vector<std::string>& values) {
    std::string out = item.name + "(";
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto& name = item.inputs[i].name;
        out += (i == 0 ? "" : ", ") + (name.empty() ? "" : name + ": ") + values[i];
    }
    return out + ")";
}

/// Returns how an event shows one indexed argument: the value itself if it fits into a topic, else its hash.
std::optional<std::string> topic_value(const AbiType& type, BytesView topic) {
    using Kind = AbiType::Kind;
    const bool hashed = type.is_dynamic() || type.kind == Kind::array || type.kind == Kind::tuple;
    if (hashed) return "hash 0x" + to_hex(topic);
    auto value = decode_values({type}, topic);
    return value ? std::optional(std::move(value->front())) : std::nullopt;
}

std::optional<std::string> decoded_event(const AbiItem& item, const std::vector<AbiType>& types,
                                         const std::vector<Bytes>& topics, BytesView data) {
    std::vector<AbiType> plain;
    for (std::size_t i = 0; i < types.size(); ++i)
        if (!item.inputs[i].indexed) plain.push_back(types[i]);
    const auto values = decode_quoted(plain, data);
    if (!values) return std::nullopt;
    std::vector<std::string> all;
    auto topic = topics.begin() + 1;  // the first one is the signature
    auto value = values->begin();
    for (std::size_t i = 0; i < types.size(); ++i) {
        auto text = item.inputs[i].indexed ? topic_value(types[i], *topic++) : std::optional(*value++);
        if (!text) return std::nullopt;
        all.push_back(std::move(*text));
    }
    return named(item, all);
}

bool may_be(const AbiItem& item, const AbiFunction& signature, const std::vector<Bytes>& topics) {
    const auto indexed = static_cast<std::size_t>(std::ranges::count_if(item.inputs, &AbiParameter::indexed));
    if (topics.size() != indexed + 1) return false;
    if (!std::ranges::all_of(topics, [](const Bytes& topic) { return topic.size() == kWord; })) return false;
    return equal(topics.front(), crypto::keccak_256(as_bytes(signature.signature())));
}

std::string arguments(std::size_t count) {
    return std::to_string(count) + (count == 1 ? " argument" : " arguments");
}

}  // namespace

std::string AbiItem::declaration() const {
    std::string out = (kind == Kind::constructor ? "constructor" : name) + "(";
    for (const auto& one : inputs)
        out += (&one == inputs.data() ? "" : ", ") + one.type + (one.name.empty() ? "" : " " + one.name);
    return out + ")";
}

Result<ContractAbi> ContractAbi::read(const Json& json) {
    if (!json.is_array()) return wrong("the ABI is not an array of functions, events and errors");
    if (json.size() > kMaxItems) return fail(Errc::too_large, "the ABI has " + std::to_string(json.size()) + " items");
    ContractAbi out;
    for (const auto& one : json) {
        const auto kind = kind_of(text_of(one, "type"));
        if (!kind) continue;
        AbiItem item{*kind, name_of(one), {}, {}, flag_of(one, "anonymous")};
        STRATA_TRY(item.inputs, parameters_of(one, "inputs"));
        STRATA_TRY(item.outputs, parameters_of(one, "outputs"));
        out.items_.push_back(std::move(item));
    }
    return out;
}

Result<std::vector<AbiType>> ContractAbi::constructor(std::size_t given) const {
    static const AbiItem kNone{AbiItem::Kind::constructor, {}, {}, {}, false};
    const auto found = std::ranges::find(items_, AbiItem::Kind::constructor, &AbiItem::kind);
    const AbiItem& item = found == items_.end() ? kNone : *found;
    if (item.inputs.size() != given)
        return wrong(item.declaration() + " takes " + arguments(item.inputs.size()) + ", got " + std::to_string(given));
    return types_of(item.inputs);
}

Result<AbiFunction> ContractAbi::function(std::string_view name, std::size_t given) const {
    const AbiItem* found = nullptr;
    std::size_t fitting = 0;
    std::string same, all;
    for (const auto& item : items_) {
        if (item.kind != AbiItem::Kind::function) continue;
        all += (all.empty() ? "" : ", ") + item.declaration();
        if (item.name != name) continue;
        same += (same.empty() ? "" : ", ") + item.declaration();
        if (item.inputs.size() != given) continue;
        found = &item;
        ++fitting;
    }
    if (same.empty())
        return wrong("the contract has no function " + std::string(name.substr(0, 100)) + "; it has " +
                     (all.empty() ? "none" : all.substr(0, kNamesShown)));
    if (fitting == 0) return wrong("got " + arguments(given) + "; expected those of " + same.substr(0, kNamesShown));
    if (fitting > 1)
        return wrong("several functions take " + arguments(given) +
                     "; name one with its types: " + same.substr(0, kNamesShown));
    AbiFunction out{found->name, {}, {}};
    STRATA_TRY(out.inputs, types_of(found->inputs));
    STRATA_TRY(out.outputs, types_of(found->outputs));
    return out;
}

std::optional<std::vector<AbiType>> ContractAbi::outputs(const AbiFunction& function) const {
    for (const auto& item : items_) {
        if (item.kind != AbiItem::Kind::function || item.name != function.name) continue;
        if (auto own = callable(item); own && own->signature() == function.signature()) return std::move(own->outputs);
    }
    return std::nullopt;
}

std::optional<std::string> ContractAbi::error(BytesView data) const {
    if (data.size() < kSelector) return std::nullopt;
    for (const auto& item : items_) {
        if (item.kind != AbiItem::Kind::error) continue;
        const auto own = callable(item);
        if (!own || !equal(data.first(kSelector), own->selector())) continue;
        if (const auto values = decode_quoted(own->inputs, data.subspan(kSelector))) return named(item, *values);
    }
    return std::nullopt;
}

std::optional<std::string> ContractAbi::event(const std::vector<Bytes>& topics, BytesView data) const {
    for (const auto& item : items_) {
        // The number of its topics is all that tells an anonymous event from others, which is not enough.
        if (item.kind != AbiItem::Kind::event || item.anonymous) continue;
        const auto own = callable(item);
        if (!own || !may_be(item, *own, topics)) continue;
        if (auto text = decoded_event(item, own->inputs, topics, data)) return text;
    }
    return std::nullopt;
}

}  // namespace strata::contracts
