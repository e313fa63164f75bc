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

std::string error_text(const Error& error) {
    return "error: " + error.message();
}

/// A case is a list of operations with their answers, such as ["set", key, value] or ["flush", root]. `Kind` reads keys
/// and values and knows what is special about its collection.
template <class Kind>
class Case {
  public:
    explicit Case(const Json& test) : kind_(test), map_(kind_.empty(store_)) {}

    Verdict run(const Json& op) {
        const std::string name = op.at(0);
        if (name == "set") return set(op);
        if (name == "get") return get(op);
        if (name == "delete") return remove(op);
        if (name == "flush") return flush(op);
        if (name == "load") return load();
        return kind_.run_other(map_, name, op);
    }

  private:
    Verdict set(const Json& op) {
        const auto done = map_.set(Kind::key(op.at(1)), Kind::value(op.at(2)));
        return done ? Verdict{} : error_text(done.error());
    }
    Verdict get(const Json& op) {
        const auto got = map_.get(Kind::key(op.at(1)));
        if (!got) return error_text(got.error());
        // null in the record means that the key is absent.
        if (got->has_value() == op.at(2).is_null() || (*got && **got != Kind::value(op.at(2))))
            return "the value differs from the recorded one";
        return {};
    }
    Verdict remove(const Json& op) {
        const auto removed = map_.remove(Kind::key(op.at(1)));
        if (!removed) return error_text(removed.error());
        const bool was_there{*removed};
        if (was_there == op.at(2).get<bool>()) return {};
        return was_there ? "the key was there, but the record says it was not"
                         : "the key was not there, but the record says it was";
    }
    Verdict flush(const Json& op) {
        const auto flushed = map_.flush();
        if (!flushed) return error_text(flushed.error());
        root_ = *flushed;
        if (root_.to_string() != op.at(1).get<std::string>())
            return "the root is " + root_.to_string() + ", expected " + op.at(1).get<std::string>();
        return kind_.check_flushed(map_);
    }
    Verdict load() {
        auto loaded = kind_.load(store_, root_);
        if (!loaded) return error_text(loaded.error());
        map_ = std::move(*loaded);
        return {};
    }

    MemoryBlockstore store_;
    Kind kind_;
    typename Kind::Map map_;
    Cid root_;
};

struct HamtKind {
    using Map = Hamt;
    unsigned width;

    explicit HamtKind(const Json& test) : width(test.at("bit_width")) {}
    Hamt empty(Blockstore& store) const { return Hamt(store, width); }
    Result<Hamt> load(Blockstore& store, const Cid& root) const { return Hamt::load(store, root, width); }
    static Bytes key(const Json& json) { return hex_of(json); }
    static Bytes value(const Json& json) { return hex_of(json); }
    static Verdict check_flushed(const Hamt&) { return {}; }
    static Verdict run_other(const Hamt&, const std::string& name, const Json&) {
        return "the operation '" + name + "' is unknown";
    }
};

struct AmtKind {
    using Map = Amt;
    unsigned width;
    Amt::Version version;

    explicit AmtKind(const Json& test)
        : width(test.at("bit_width")), version(test.at("version") == 0 ? Amt::Version::v0 : Amt::Version::v3) {}
    Amt empty(Blockstore& store) const { return Amt(store, width, version); }
    Result<Amt> load(Blockstore& store, const Cid& root) const { return Amt::load(store, root, width, version); }
    static std::uint64_t key(const Json& json) { return json; }
    static Bytes value(const Json& json) { return hex_of(json); }
    static Verdict check_flushed(const Amt&) { return {}; }

    static Verdict run_other(Amt& array, const std::string& name, const Json& op) {
        if (name == "indices") return indices(array, op.at(1));
        if (name != "height_count") return "the operation '" + name + "' is unknown";
        if (array.height() != op.at(1).get<unsigned>() || array.count() != op.at(2).get<std::uint64_t>())
            return "the height is " + std::to_string(array.height()) + " and the count " +
                   std::to_string(array.count()) + ", expected " + op.at(1).dump() + " and " + op.at(2).dump();
        return {};
    }
    static Verdict indices(Amt& array, const Json& expected) {
        std::vector<std::uint64_t> got;
        const auto done = array.for_each([&](std::uint64_t index, BytesView) -> Result<bool> {
            got.push_back(index);
            return true;
        });
        if (!done) return error_text(done.error());
        if (got != expected.get<std::vector<std::uint64_t>>()) return "the indices differ from the recorded ones";
        return {};
    }
};

struct KamtKind {
    using Map = Kamt;

    explicit KamtKind(const Json&) {}
    static Kamt empty(Blockstore& store) { return Kamt(store); }
    static Result<Kamt> load(Blockstore& store, const Cid& root) { return Kamt::load(store, root); }
    static Kamt::Word key(const Json& hex) {
        const auto bytes = hex_of(hex);
        Kamt::Word word{};
        if (bytes.size() == word.size()) std::ranges::copy(bytes, word.begin());
        return word;
    }
    static Kamt::Word value(const Json& hex) { return key(hex); }
    static Verdict run_other(const Kamt&, const std::string& name, const Json&) {
        return "the operation '" + name + "' is unknown";
    }

    static Verdict check_flushed(const Kamt& map) {
        std::optional<Kamt::Word> last;
        bool ascending = true;
        const auto visited = map.for_each([&](const Kamt::Word& word, const Kamt::Word&) -> Result<bool> {
            ascending = !last || *last < word;
            last = word;
            return ascending;
        });
        if (!visited) return error_text(visited.error());
        return ascending ? Verdict{} : "the keys are not visited in ascending order";
    }
};

/// Runs the operations of each case in order, up to the first wrong answer.
template <class Kind>
void run_sequences(const Json& cases, const std::string& kind, Report& report) {
    for (std::size_t i = 0; i < cases.size(); ++i) {
        Case<Kind> state(cases.at(i));
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
    return BitField::from_ranges(ranges);
}

void run_encode(const Json& rows, Report& report) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto& row = rows.at(i);
        const auto field = from_pairs(row.at("ranges"));
        const auto position = [&](const char* key) {
            return row.at(key).is_null() ? std::optional<std::uint64_t>{} : row.at(key).get<std::uint64_t>();
        };
        const bool ok = field.to_rle_plus() == hex_of(row.at("bytes")) &&
                        field.count() == row.at("count").get<std::uint64_t>() && field.first() == position("first") &&
                        field.last() == position("last");
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
        // Filecoin's HAMT has buckets of 3 entries.
        if (cases.at(0).contains("bucket_size") && cases.at(0).at("bucket_size") == 3)
            run_sequences<HamtKind>(cases, "hamt", report);
        if (cases.at(0).contains("version")) run_sequences<AmtKind>(cases, "amt", report);
        if (cases.at(0).contains("min_data_depth")) run_sequences<KamtKind>(cases, "kamt", report);
    }
};

}  // namespace

const Suite& ipld_collections() {
    static const IpldCollections suite;
    return suite;
}

}  // namespace strata::conformance
