// Runs vectors/ipld: operation sequences on HAMT, AMT and bit fields with the reference's roots and answers.
#include <nlohmann/json.hpp>

#include <strata/conformance/ipld_collections.hpp>
#include <strata/conformance/json.hpp>
#include <strata/ipld/amt.hpp>
#include <strata/ipld/bitfield.hpp>
#include <strata/ipld/hamt.hpp>
#include <strata/ipld/kamt.hpp>

namespace strata::conformance {
namespace {

// The error in the answer of one operation; empty if the answer is as expected.
using Verdict = std::optional<std::string>;

std::string told(const Error& error) {
    return "error: " + error.message();
}

std::string wrong_presence(bool was_there) {
    return was_there ? "the key was there, but the record says it was not"
                     : "the key was not there, but the record says it was";
}

Bytes optional_bytes(const std::optional<Bytes>& value) {
    return value.value_or(Bytes{});
}

/// A case is a list of operations with their answers, such as ["set", key, value] or ["flush", root].
struct HamtCase {
    MemoryBlockstore store;
    unsigned width;
    Hamt map;
    Cid root;

    explicit HamtCase(const Json& test) : width(test.at("bit_width")), map(store, width) {}

    Verdict run(const Json& op) {
        const std::string name = op.at(0);
        if (name == "set") {
            if (auto done = map.set(hex_of(op.at(1)), hex_of(op.at(2))); !done) return told(done.error());
            return {};
        }
        if (name == "get") {
            auto got = map.get(hex_of(op.at(1)));
            if (!got) return told(got.error());
            if (got->has_value() == op.at(2).is_null() || optional_bytes(*got) != hex_of(op.at(2)))
                return "the value differs from the recorded one";
            return {};
        }
        if (name == "delete") {
            auto removed = map.remove(hex_of(op.at(1)));
            if (!removed) return told(removed.error());
            if (removed->has_value() != op.at(2).get<bool>()) return wrong_presence(removed->has_value());
            return {};
        }
        if (name == "flush") {
            auto flushed = map.flush();
            if (!flushed) return told(flushed.error());
            root = *flushed;
            if (root.to_string() != op.at(1).get<std::string>()) return "root is " + root.to_string();
            return {};
        }
        if (name == "load") {
            auto loaded = Hamt::load(store, root, width);
            if (!loaded) return told(loaded.error());
            map = std::move(*loaded);
            return {};
        }
        return "unknown operation " + name;
    }
};

struct AmtCase {
    MemoryBlockstore store;
    unsigned width;
    Amt::Version version;
    Amt array;
    Cid root;

    explicit AmtCase(const Json& test)
        : width(test.at("bit_width")),
          version(test.at("version") == 0 ? Amt::Version::v0 : Amt::Version::v3),
          array(store, width, version) {}

    Verdict run(const Json& op) {
        const std::string name = op.at(0);
        if (name == "set") {
            if (auto done = array.set(op.at(1), hex_of(op.at(2))); !done) return told(done.error());
            return {};
        }
        if (name == "get") {
            auto got = array.get(op.at(1));
            if (!got) return told(got.error());
            if (got->has_value() == op.at(2).is_null() || optional_bytes(*got) != hex_of(op.at(2)))
                return "the value differs from the recorded one";
            return {};
        }
        if (name == "delete") {
            auto removed = array.remove(op.at(1));
            if (!removed) return told(removed.error());
            if (*removed != op.at(2).get<bool>()) return wrong_presence(*removed);
            return {};
        }
        if (name == "flush") {
            auto flushed = array.flush();
            if (!flushed) return told(flushed.error());
            root = *flushed;
            if (root.to_string() != op.at(1).get<std::string>()) return "root is " + root.to_string();
            return {};
        }
        if (name == "load") {
            auto loaded = Amt::load(store, root, width, version);
            if (!loaded) return told(loaded.error());
            array = std::move(*loaded);
            return {};
        }
        if (name == "height_count") {
            if (array.height() != op.at(1).get<unsigned>() || array.count() != op.at(2).get<std::uint64_t>())
                return "the height or the count differs from the recorded one";
            return {};
        }
        if (name == "indices") return indices(op.at(1));
        return "unknown operation " + name;
    }

    Verdict indices(const Json& expected) {
        std::vector<std::uint64_t> got;
        auto done = array.for_each([&](std::uint64_t index, BytesView) -> Result<bool> {
            got.push_back(index);
            return true;
        });
        if (!done) return told(done.error());
        if (got != expected.get<std::vector<std::uint64_t>>()) return "the indices differ from the recorded ones";
        return {};
    }
};

struct KamtCase {
    MemoryBlockstore store;
    Kamt map;
    Cid root;

    explicit KamtCase(const Json&) : map(store) {}

    static Kamt::Word word(const Json& hex) {
        const auto bytes = hex_of(hex);
        Kamt::Word word{};
        if (bytes.size() == word.size()) std::ranges::copy(bytes, word.begin());
        return word;
    }

    Verdict run(const Json& op) {
        const std::string name = op.at(0);
        if (name == "set") {
            if (auto done = map.set(word(op.at(1)), word(op.at(2))); !done) return told(done.error());
            return {};
        }
        if (name == "get") {
            auto got = map.get(word(op.at(1)));
            if (!got) return told(got.error());
            if (got->has_value() == op.at(2).is_null() || got->value_or(Kamt::Word{}) != word(op.at(2)))
                return "the value differs from the recorded one";
            return {};
        }
        if (name == "delete") {
            auto removed = map.remove(word(op.at(1)));
            if (!removed) return told(removed.error());
            if (*removed != op.at(2).get<bool>()) return wrong_presence(*removed);
            return {};
        }
        if (name == "flush") {
            auto flushed = map.flush();
            if (!flushed) return told(flushed.error());
            root = *flushed;
            if (root.to_string() != op.at(1).get<std::string>()) return "root is " + root.to_string();
            return ascending() ? Verdict{} : "keys are not visited in order";
        }
        if (name == "load") {
            auto loaded = Kamt::load(store, root);
            if (!loaded) return told(loaded.error());
            map = std::move(*loaded);
            return {};
        }
        return "unknown operation " + name;
    }

    bool ascending() const {
        std::optional<Kamt::Word> last;
        return map
            .for_each([&](const Kamt::Word& key, const Kamt::Word&) -> Result<bool> {
                if (last && key <= *last) return Errc::internal;
                last = key;
                return true;
            })
            .has_value();
    }
};

/// Runs the operations of each case in order, up to the first wrong answer.
template <class Case>
void run_sequences(const Json& cases, const std::string& kind, Report& report) {
    for (std::size_t i = 0; i < cases.size(); ++i) {
        Case state(cases.at(i));
        Verdict wrong;
        std::size_t step = 0;
        for (const auto& op : cases.at(i).at("ops")) {
            wrong = state.run(op);
            if (wrong) break;
            ++step;
        }
        const std::string where =
            wrong ? "operation " + std::to_string(step) + " " + cases.at(i).at("ops").at(step).dump() + ": " + *wrong
                  : "";
        report.expect(!wrong, kind + " case " + std::to_string(i), where.substr(0, 300));
    }
}

BitField from_pairs(const Json& pairs) {
    std::vector<BitField::Range> ranges;
    for (const auto& pair : pairs) ranges.push_back({pair.at(0), pair.at(1)});
    return BitField::from_ranges(std::move(ranges));
}

void run_encode(const Json& rows, Report& report) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto& row = rows.at(i);
        const auto field = from_pairs(row.at("ranges"));
        const auto end = [&](const char* key) {
            return row.at(key).is_null() ? std::optional<std::uint64_t>{} : row.at(key).get<std::uint64_t>();
        };
        const bool ok = field.to_rle_plus() == hex_of(row.at("bytes")) &&
                        field.count() == row.at("count").get<std::uint64_t>() && field.first() == end("first") &&
                        field.last() == end("last");
        report.expect(ok, "bitfield encode " + std::to_string(i));
    }
}

void run_decode(const Json& rows, Report& report) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto& row = rows.at(i);
        const auto bytes = hex_of(row.at("bytes"));
        const auto field = BitField::decode(bytes);
        bool ok = field.has_value() != row.contains("error");
        if (ok && field)
            ok = *field == from_pairs(row.at("ranges")) &&
                 (field->to_rle_plus() == bytes) == row.at("canonical").get<bool>();
        report.expect(ok, "bitfield decode " + std::to_string(i), row.dump().substr(0, 200));
    }
}

bool same_slice(const BitField& a, const Json& row) {
    if (!row.contains("slice")) return true;
    const auto slice = a.slice(row.at("slice").at(0), row.at("slice").at(1));
    if (row.at("slice").at(2).is_null()) return !slice.has_value();
    return slice.has_value() && slice->to_rle_plus() == hex_of(row.at("slice").at(2));
}

void run_operations(const Json& rows, Report& report) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto& row = rows.at(i);
        const std::string name = "bitfield operations " + std::to_string(i);
        const auto a = BitField::decode(hex_of(row.at("a")));
        const auto b = BitField::decode(hex_of(row.at("b")));
        if (!a || !b) {
            report.fail(name, "the operands cannot be decoded");
            continue;
        }
        const auto same = [&](const BitField& got, const char* key) {
            return got.to_rle_plus() == hex_of(row.at(key));
        };
        const bool ok = same(*a | *b, "union") && same(*a & *b, "intersection") && same(*a - *b, "difference") &&
                        same((*a | *b) - (*a & *b), "symmetric") && same(a->cut(*b), "cut") && same_slice(*a, row) &&
                        a->contains_all(*b) == row.at("contains_all").get<bool>() &&
                        a->contains_any(*b) == row.at("contains_any").get<bool>();
        report.expect(ok, name, row.dump().substr(0, 300));
    }
}

class IpldCollections final : public Suite {
  public:
    std::string_view name() const override { return "ipld"; }
    bool recognises(const VectorFile& file) const override {
        const auto& text = file.text();
        const auto head = std::string_view(text).substr(0, 4096);
        return file.extension() == ".json" && head.starts_with("[") &&
               ((head.contains("\"bit_width\"") && text.contains("\"ops\"")) || head.contains("\"canonical\""));
    }
    void run(const VectorFile& file, Report& report) const override {
        const Json cases = parse_json(file);
        if (!cases.is_array() || cases.empty()) return report.fail(file.name(), "the file is not an array of cases");
        for (const auto& one : cases) {
            if (one.contains("decode")) {
                run_encode(one.at("encode"), report);
                run_decode(one.at("decode"), report);
                run_operations(one.at("operations"), report);
            }
        }
        if (cases.at(0).contains("bucket_size") && cases.at(0).at("bucket_size") == 3)
            run_sequences<HamtCase>(cases, "hamt", report);
        if (cases.at(0).contains("version")) run_sequences<AmtCase>(cases, "amt", report);
        if (cases.at(0).contains("min_data_depth")) run_sequences<KamtCase>(cases, "kamt", report);
    }
};

}  // namespace

const Suite& ipld_collections() {
    static const IpldCollections suite;
    return suite;
}

}  // namespace strata::conformance
