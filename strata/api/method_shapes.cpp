#include <strata/api/method_shapes.hpp>

#include <charconv>
#include <nlohmann/json.hpp>

#include <strata/actors/bundle.hpp>
#include <strata/base/hex.hpp>
#include <strata/ipld/bitfield.hpp>
#include <strata/ipld/cbor.hpp>
#include <strata/types/basic.hpp>

namespace strata::api {
namespace {

constexpr std::string_view kMethods =
#include <strata/api/method_shapes.inc>
    ;

/// Takes the text up to a separator from the front of `text`, and the separator.
std::string_view cut(std::string_view& text, char separator) {
    const auto end = std::min(text.find(separator), text.size());
    const auto out = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return out;
}

std::uint64_t number_of(std::string_view digits) {
    std::uint64_t out = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), out);
    return out;
}

struct Known {
    MethodShape shape;
    actors::ActorsVersion since = 0;
};
using Key = std::pair<std::string_view, std::uint64_t>;
std::map<Key, Known> read_methods() {
    std::map<Key, Known> out;
    for (std::string_view rest = kMethods; !rest.empty();) {
        std::string_view line = cut(rest, '\n');
        if (line.empty()) continue;
        auto since_text = cut(line, ' ');
        const auto actor = cut(since_text, '@');
        const auto since = number_of(since_text);
        const auto number = number_of(cut(line, ' '));
        MethodShape shape;
        shape.name = cut(line, ' ');
        shape.params = cut(line, ' ');
        shape.returns = line;
        out.emplace(Key{actor, number}, Known{shape, static_cast<actors::ActorsVersion>(since)});
    }
    return out;
}

/// A shape as a tree. The texts are those of the table above, so that they are not checked.
struct Shape {
    char kind = 'e';
    std::size_t size = 0;                   // of b with a size
    std::vector<std::string_view> names{};  // of the fields
    std::vector<Shape> parts{};
};

Shape parse(std::string_view& text) {
    Shape out{.kind = text.front()};
    text.remove_prefix(1);
    switch (out.kind) {
        case '?':
            out.parts.push_back(parse(text));
            break;
        case '[':
            out.parts.push_back(parse(text));
            text.remove_prefix(1);
            break;
        case '{':
        case '<':
            for (char next = ','; next == ','; text.remove_prefix(1)) {
                out.names.push_back(cut(text, ':'));
                out.parts.push_back(parse(text));
                next = text.front();
            }
            break;
        case 'b': {
            const auto end = std::min(text.find_first_not_of("0123456789"), text.size());
            std::from_chars(text.data(), text.data() + end, out.size);
            text.remove_prefix(end);
            break;
        }
        default:
            break;
    }
    return out;
}

Json numbers(BytesView bytes) {
    Json out = Json::array();
    for (const auto byte : bytes) out.push_back(byte);
    return out;
}

/// Prints items of a reader.
class ShapePrinter {
  public:
    ShapePrinter(const Printer& print, CborReader& from) : print_(print), from_(from) {}

    Result<Json> item(const Shape& shape) {
        switch (shape.kind) {
            case 'a':
                return typed<Address>();
            case 'n':
                return typed<BigInt>();
            case 'c':
                return typed<Cid>();
            case 'f':
                return typed<BitField>();
            case 'g':
                return typed<Signature>();
            case 'i':
                return plain(from_.integer());
            case 'u':
                return plain(from_.uint());
            case 't':
                return plain(from_.boolean());
            case 's':
                return plain(from_.text());
            case 'b':
                return bytes(shape.size);
            case 'l':
                return label();
            case '?':
                if (!from_.at_null()) return item(shape.parts[0]);
                STRATA_OK(from_.null());
                return Json();
            case '[':
                return list(shape.parts[0]);
            case '<':
            case '{':
                return tuple(shape);
            default:
                return Json::object();
        }
    }

  private:
    template <class T>
    Result<Json> typed() {
        T value{};
        STRATA_OK(decode(from_, value));
        return print_(value);
    }
    template <class T>
    static Result<Json> plain(const Result<T>& value) {
        if (!value) return value.error();
        return Json(*value);
    }
    Result<Json> bytes(std::size_t size) {
        STRATA_TRY(const auto value, from_.bytes());
        if (size == 0) return print_.bytes_or_null(value);
        if (value.size() != size)
            return fail(Errc::malformed,
                        "got " + std::to_string(value.size()) + " bytes, expected " + std::to_string(size));
        return numbers(value);
    }
    Result<Json> label() {
        STRATA_TRY(const auto major, from_.peek_major());
        return major == 3 ? plain(from_.text()) : bytes(0);
    }
    Result<Json> list(const Shape& shape) {
        STRATA_TRY(const auto size, from_.array());
        Json out;
        for (std::uint64_t i = 0; i < size; ++i) {
            STRATA_TRY(auto one, item(shape));
            out.push_back(std::move(one));
        }
        return out;
    }
    Result<Json> tuple(const Shape& shape) {
        if (shape.kind == '{') STRATA_OK(from_.tuple(shape.parts.size()));
        Json out = Json::object();
        for (std::size_t i = 0; i < shape.parts.size(); ++i) {
            STRATA_TRY(auto value, item(shape.parts[i]));
            if (shape.names[i].empty())
                out.update(value);
            else
                out[std::string(shape.names[i])] = std::move(value);
        }
        return out;
    }

    const Printer& print_;
    CborReader& from_;
};

/// Encodes JSON items.
class ShapeEncoder {
  public:
    Status item(const Shape& shape, const Json& from) {
        switch (shape.kind) {
            case 'a':
                return address(from);
            case 'n':
                return from.is_null() ? add(BigInt()) : typed<BigInt>(from);
            case 'c':
                return cid(from);
            case 'f':
                return from.is_null() ? add(BitField()) : typed<BitField>(from);
            case 'g':
                return typed<Signature>(from);
            case 'i':
                return from.is_null() ? add(std::int64_t{0}) : typed<std::int64_t>(from);
            case 'u':
                return from.is_null() ? add(std::uint64_t{0}) : typed<std::uint64_t>(from);
            case 't':
                return from.is_null() ? add(false) : typed<bool>(from);
            case 's':
            case 'l':
                return from.is_null() ? add(std::string()) : typed<std::string>(from);
            case 'b':
                return shape.size == 0 ? typed<Bytes>(from) : fixed(shape.size, from);
            case '?':
                if (!from.is_null()) return item(shape.parts[0], from);
                to_.null();
                return {};
            case '[':
                return list(shape.parts[0], from);
            case '<':
            case '{':
                return tuple(shape, from);
            default:
                return fail(Errc::invalid_argument, "cannot marshal empty value, try nil instead");
        }
    }
    Bytes take() { return to_.take(); }

  private:
    template <class T>
    Status add(const T& value) {
        encode(to_, value);
        return {};
    }
    template <class T>
    Status typed(const Json& from) {
        T value{};
        STRATA_OK(read(from, value));
        return add(value);
    }
    Status address(const Json& from) {
        Address value;
        STRATA_OK(read(from, value));
        if (!value.defined()) return fail(Errc::invalid_argument, "cannot marshal undefined address");
        return add(value);
    }
    Status cid(const Json& from) {
        Cid value;
        if (!from.is_null()) STRATA_OK(read(from, value));
        if (!value.defined()) return fail(Errc::invalid_argument, "undefined cid");
        return add(value);
    }
    Status fixed(std::size_t size, const Json& from) {
        std::vector<std::uint64_t> given;
        STRATA_OK(read(from, given));
        Bytes out(size);  // as in Go, further numbers are ignored, and missing ones are 0
        for (std::size_t i = 0; i < std::min(size, given.size()); ++i) {
            if (given[i] > 255) return fail(Errc::malformed, "got " + std::to_string(given[i]) + ", expected a byte");
            out[i] = static_cast<std::uint8_t>(given[i]);
        }
        to_.bytes(out);
        return {};
    }
    Status list(const Shape& shape, const Json& from) {
        if (!from.is_null() && !from.is_array())
            return fail(Errc::malformed, std::string("got the JSON type ") + from.type_name() + ", expected a list");
        to_.array(from.size());
        for (const auto& one : from) STRATA_OK(item(shape, one));
        return {};
    }
    Status tuple(const Shape& shape, const Json& from) {
        if (!from.is_null() && !from.is_object())
            return fail(Errc::malformed, std::string("got the JSON type ") + from.type_name() + ", expected an object");
        if (shape.kind == '{') to_.array(shape.parts.size());
        for (std::size_t i = 0; i < shape.parts.size(); ++i) {
            const auto done = item(shape.parts[i], field(from, shape.names[i]));
            if (!done) return Error(done.error()).with_context(std::string(shape.names[i]));
        }
        return {};
    }

    /// Returns a member, or null; the fields of an embedded tuple, which has no name, are members of the same object.
    static const Json& field(const Json& from, std::string_view name) {
        static const Json kNull;
        if (name.empty()) return from;
        const Json* found = find_member(from, name);
        return found == nullptr ? kNull : *found;
    }

    CborWriter to_;
};

}  // namespace

std::optional<MethodShape> method_shape(std::string_view actor, const Cid& code, std::uint64_t method) {
    static const auto known = read_methods();
    if (method == 0) return MethodShape{"Send", "e", "e"};
    const auto it = known.find(Key{actor, method});
    if (it == known.end()) return std::nullopt;
    const auto* const bundle = actors::bundle_with(code);
    if (bundle != nullptr && bundle->version < it->second.since) return std::nullopt;
    return it->second.shape;
}

// Bytes that Go carries as they are, whatever they encode (go-state-types abi.CborBytesTransparent).
constexpr std::string_view kRaw = "r";

Result<Json> json_of_shape(const Printer& print, std::string_view shape, BytesView cbor) {
    if (shape == kRaw) return print(cbor);
    const bool is_list = shape.starts_with('[');
    CborReader reader(cbor);
    STRATA_TRY(auto out, ShapePrinter(print, reader).item(parse(shape)));
    // An empty list that is not inside of others is not null.
    return is_list && out.is_null() ? Json::array() : out;
}

Result<Bytes> cbor_of_shape(std::string_view shape, const Json& json) {
    if (shape == kRaw) {
        Bytes out;
        STRATA_OK(read(json, out));
        return out;
    }
    ShapeEncoder encoder;
    STRATA_OK(encoder.item(parse(shape), json));
    return encoder.take();
}

}  // namespace strata::api
