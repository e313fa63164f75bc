// Reads and writes DAG-JSON: JSON in which {"/": "cid"} is a link and {"/": {"bytes": "base64"}} is a byte string.
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include <strata/ipld/data_model.hpp>
#include <strata/ipld/multibase.hpp>

namespace strata {
namespace {

constexpr std::size_t kMaxDepth = 128;

// Returns the link or byte string that a map with the key "/" means; other maps are returned unchanged. Errors:
// malformed for any other use of the key "/".
Result<Value> unwrap(Map map) {
    const auto slash = std::ranges::find(map, "/", &Member::key);
    if (slash == map.end()) return Value{std::move(map)};
    if (map.size() != 1)
        return fail(Errc::malformed, "DAG-JSON: a map has the key \"/\" and other keys, expected it alone");
    if (const auto* text = slash->value.as<std::string>()) {
        STRATA_TRY(const Cid cid, Cid::parse(*text));
        return Value{cid};
    }
    const auto* inner = slash->value.as<Map>();
    const auto* bytes = inner != nullptr && inner->size() == 1 ? slash->value.find("bytes") : nullptr;
    if (bytes == nullptr || bytes->as<std::string>() == nullptr)
        return fail(Errc::malformed, "DAG-JSON: the value of \"/\" is neither a CID nor {\"bytes\": base64}");
    STRATA_TRY(auto decoded, multibase_decode("m" + *bytes->as<std::string>()));
    return Value{std::move(decoded)};
}

// Reads an integer token of any length.
Result<Value> integer_of(std::string_view token) {
    Integer number{.negative = token.starts_with('-'), .head = 0};
    if (number.negative) token.remove_prefix(1);
    const auto [end, code] = std::from_chars(token.data(), token.data() + token.size(), number.head);
    const bool fits = code == std::errc{} && end == token.data() + token.size();
    // -2^64 is in range, although 2^64 does not fit.
    if (number.negative && token == "18446744073709551616") {
        number.head = ~std::uint64_t{0};
        return Value{number};
    }
    if (!fits)
        return fail(Errc::out_of_range, std::string("DAG-JSON: the integer ") + (number.negative ? "-" : "") +
                                            std::string(token.substr(0, 40)) +
                                            " is out of range, expected -2^64 to 2^64 - 1");
    if (number.negative && number.head == 0) return Value{Integer{}};
    if (number.negative) --number.head;
    return Value{number};
}

// Takes the events of nlohmann's parser, whose lexer checks UTF-8 and escapes. Returning false stops the parser;
// `error` says why.
class Builder final : public nlohmann::json_sax<nlohmann::json> {
  public:
    std::optional<Error> error;
    Value result{nullptr};

    bool null() override { return put({nullptr}); }
    bool boolean(bool value) override { return put({value}); }
    bool number_integer(std::int64_t value) override {
        return put({value < 0 ? Integer{.negative = true, .head = static_cast<std::uint64_t>(-(value + 1))}
                              : Integer{.negative = false, .head = static_cast<std::uint64_t>(value)}});
    }
    bool number_unsigned(std::uint64_t value) override { return put({Integer{.negative = false, .head = value}}); }
    // The parser also calls this for integers that do not fit into 64 bits.
    bool number_float(double value, const std::string& token) override {
        if (token.find_first_of(".eE") != std::string::npos) return put({value});
        auto number = integer_of(token);
        return number ? put(std::move(*number)) : refuse(number.error());
    }
    bool string(std::string& value) override { return put({std::move(value)}); }
    bool binary(nlohmann::json::binary_t&) override { return false; }
    bool start_object(std::size_t) override { return open({Map{}}); }
    bool start_array(std::size_t) override { return open({List{}}); }
    bool key(std::string& key) override {
        if (!keys_.back().insert(key).second)
            return refuse(fail(Errc::malformed, "DAG-JSON: the key '" + key.substr(0, 200) + "' comes twice"));
        std::get<Map>(open_.back().is).push_back({std::move(key), {nullptr}});
        return true;
    }
    bool end_object() override {
        auto value = unwrap(std::get<Map>(std::move(open_.back().is)));
        if (!value) return refuse(value.error());
        return close(std::move(*value));
    }
    bool end_array() override { return close(std::move(open_.back())); }
    bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception& problem) override {
        constexpr int kFloatTooLarge = 406;  // nlohmann's number of this error
        return refuse(fail(problem.id == kFloatTooLarge ? Errc::out_of_range : Errc::malformed,
                           std::string("DAG-JSON: ") + problem.what()));
    }

  private:
    bool refuse(Error why) {
        if (!error) error = std::move(why);
        return false;
    }
    bool open(Value value) {
        if (open_.size() == kMaxDepth)
            return refuse(fail(Errc::too_large, "DAG-JSON: the text is nested deeper than 128 levels"));
        open_.push_back(std::move(value));
        keys_.emplace_back();
        return true;
    }
    bool close(Value value) {
        open_.pop_back();
        keys_.pop_back();
        return put(std::move(value));
    }
    bool put(Value value) {
        if (open_.empty()) {
            result = std::move(value);
        } else if (auto* list = std::get_if<List>(&open_.back().is)) {
            list->push_back(std::move(value));
        } else {
            std::get<Map>(open_.back().is).back().value = std::move(value);
        }
        return true;
    }

    std::vector<Value> open_;
    std::vector<std::set<std::string>> keys_;  // the keys of each open map, to refuse a key that comes twice
};

void write_text(std::string& out, std::string_view text) {
    // Only what JSON demands is escaped; all other characters stand for themselves.
    constexpr std::string_view kHex = "0123456789abcdef";
    constexpr std::string_view kEscaped = "\b\t\n\f\r\"\\";
    constexpr std::string_view kLetters = "btnfr\"\\";
    out += '"';
    for (const char c : text) {
        if (const auto at = kEscaped.find(c); at != std::string_view::npos) {
            out += '\\';
            out += kLetters[at];
        } else if (static_cast<unsigned char>(c) < 0x20) {
            out += "\\u00";
            out += kHex[static_cast<unsigned char>(c) >> 4];
            out += kHex[static_cast<unsigned char>(c) & 15];
        } else {
            out += c;
        }
    }
    out += '"';
}

// Returns the shortest digits that read back as the value, laid out as in ECMAScript (Number::toString). A whole number
// written without an exponent keeps ".0".
std::string float_text(double value) {
    char buffer[32];
    const auto done = std::to_chars(buffer, buffer + sizeof buffer, std::abs(value), std::chars_format::scientific);
    // This has the form D.DDDe±XX.
    const std::string_view all(buffer, static_cast<std::size_t>(done.ptr - buffer));
    const auto mark = all.find('e');
    std::string digits(all.substr(0, mark));
    std::erase(digits, '.');
    // from_chars() does not accept a plus sign.
    int exponent = 0;
    const auto power = all.substr(mark + (all[mark + 1] == '+' ? 2 : 1));
    std::from_chars(power.data(), power.data() + power.size(), exponent);
    const auto count = static_cast<int>(digits.size());
    const std::string sign = std::signbit(value) ? "-" : "";
    if (exponent < -6 || exponent > 20) {
        if (count > 1) digits.insert(1, ".");
        return sign + digits + (exponent < 0 ? "e-" : "e+") + std::to_string(std::abs(exponent));
    }
    if (exponent < 0) return sign + "0." + std::string(static_cast<std::size_t>(-exponent) - 1, '0') + digits;
    if (count <= exponent + 1)
        return sign + digits + std::string(static_cast<std::size_t>(exponent - count) + 1, '0') + ".0";
    digits.insert(static_cast<std::size_t>(exponent) + 1, ".");
    return sign + digits;
}

struct JsonEncoder {
    std::string& out;

    void operator()(std::nullptr_t) const { out += "null"; }
    void operator()(bool value) const { out += value ? "true" : "false"; }
    void operator()(double value) const { out += float_text(value); }
    void operator()(const std::string& value) const { write_text(out, value); }
    void operator()(const Cid& value) const { out += "{\"/\":\"" + value.to_string() + "\"}"; }
    void operator()(const Bytes& value) const {
        // Multibase 'm' is base64 without padding. The prefix is removed, and the encoding cannot fail.
        out += "{\"/\":{\"bytes\":\"" + multibase_encode('m', value)->substr(1) + "\"}}";
    }
    void operator()(const Integer& value) const {
        if (!value.negative) {
            out += std::to_string(value.head);
        } else {
            out += value.head == ~std::uint64_t{0} ? "-18446744073709551616" : "-" + std::to_string(value.head + 1);
        }
    }
    void operator()(const List& list) const {
        out += '[';
        for (const auto& value : list) {
            if (&value != list.data()) out += ',';
            std::visit(*this, value.is);
        }
        out += ']';
    }
    void operator()(const Map& map) const {
        std::vector<const Member*> sorted;
        for (const auto& member : map) sorted.push_back(&member);
        std::ranges::sort(sorted, {}, &Member::key);
        out += '{';
        for (const auto* member : sorted) {
            if (member != sorted.front()) out += ',';
            write_text(out, member->key);
            out += ':';
            std::visit(*this, member->value.is);
        }
        out += '}';
    }
};

}  // namespace

Result<Value> decode_dag_json(std::string_view text) {
    Builder builder;
    const bool read = nlohmann::json::sax_parse(text.begin(), text.end(), &builder);
    if (builder.error) return *builder.error;
    if (!read) return fail(Errc::malformed, "DAG-JSON: the text is not JSON");
    return std::move(builder.result);
}

std::string encode_dag_json(const Value& value) {
    std::string out;
    std::visit(JsonEncoder{out}, value.is);
    return out;
}

}  // namespace strata
