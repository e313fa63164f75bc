// Checks every CAR file, packed or not: blocks match their CIDs, the file is encoded to the same bytes, every AMT,
// HAMT and KAMT is rebuilt with the same root. Also checks the JSON beside ipld/ipld's CAR fixtures: roots, offsets and
// contents.
#include <nlohmann/json.hpp>

#include <strata/base/varint.hpp>
#include <strata/conformance/actor_states.hpp>
#include <strata/conformance/cars.hpp>
#include <strata/conformance/json.hpp>
#include <strata/conformance/state_walk.hpp>
#include <strata/ipld/car.hpp>
#include <strata/ipld/data_model.hpp>

namespace strata::conformance {
namespace {

struct Section {
    Cid cid;
    BytesView data;
};
struct Car {
    CarHeader header;
    BytesView payload;  // the version 1 part
    std::vector<Section> sections;
};

Result<Car> parse_car(BytesView file) {
    Car car;
    STRATA_TRY(car.payload, car_payload(file));
    STRATA_TRY(car.header, read_car(car.payload, [&](const Cid& cid, BytesView data) -> Status {
                   car.sections.push_back({cid, data});
                   return {};
               }));
    return car;
}

bool is_encoded_equally(const Car& car) {
    Bytes again = car_header(car.header.roots);
    for (const auto& [cid, data] : car.sections) append(again, car_section(cid, data));
    return equal(again, car.payload);
}

/// Decodes the block and returns it encoded again; empty if the block cannot be decoded.
std::optional<Bytes> reencoded(const Section& section) {
    if (section.cid.codec() == Codec::raw) return to_bytes(section.data);
    if (section.cid.codec() == Codec::dag_cbor) {
        if (const auto value = decode_dag_cbor(section.data)) return encode_dag_cbor(*value);
        // The note about the token in Lotus' genesis is older than the rule for the order of keys.
        const auto old = decode_dag_cbor(section.data, KeyOrder::as_given);
        return old ? std::optional(encode_dag_cbor(*old, KeyOrder::as_given)) : std::nullopt;
    }
    const auto value = dag_pb_to_value(section.data);
    if (!value) return std::nullopt;
    auto block = value_to_dag_pb(*value);
    return block ? std::optional(std::move(*block)) : std::nullopt;
}

/// Checks the blocks of a CAR, the bytes of the file, and the collections and actor states in it.
void run_car(const VectorFile& file, Report& report) {
    const auto car = parse_car(as_bytes(file.text()));
    const std::string name = file.name();
    if (!car) return report.fail(name, car.error().message());
    report.expect(is_encoded_equally(*car), name + " encoded to the same bytes");
    MemoryBlockstore store;
    std::size_t same = 0;
    for (const auto& section : car->sections) {
        const auto again = reencoded(section);
        if (again && equal(*again, section.data)) {
            ++same;
        } else {
            report.fail(section.cid.to_string(), "the block is not encoded to the same bytes");
        }
        if (!store.put_block(section.cid, section.data))
            report.fail(section.cid.to_string(), "the block could not be stored");
    }
    report.pass(name + ": " + std::to_string(same) + " blocks encoded to the same bytes");
    walk_collections(store, report);
    walk_actor_states(store, report);
}

Cid cid_of(const Json& value) {
    return Cid::parse(value.at("/").get<std::string>()).value_or(Cid());
}

/// Returns true if a block has the CID, the offsets and the content that the JSON file describes.
bool is_as_described(const Json& described, const Section& section, const std::string& car) {
    const auto offset = [&](const std::uint8_t* at) { return static_cast<std::uint64_t>(at - as_bytes(car).data()); };
    const auto length = section.cid.bytes().size() + section.data.size();
    const auto start = offset(section.data.data()) - section.cid.bytes().size() - uvarint(length).size();
    if (cid_of(described.at("cid")) != section.cid || described.at("offset") != start ||
        described.at("blockOffset") != offset(section.data.data()) ||
        described.at("blockLength") != section.data.size())
        return false;
    // The file gives the content as DAG-JSON; encoded with the block's codec it must be the block.
    const auto content = decode_dag_json(described.at("content").dump());
    if (!content) return false;
    if (section.cid.codec() == Codec::raw) return content->as<Bytes>() && equal(*content->as<Bytes>(), section.data);
    if (section.cid.codec() == Codec::dag_cbor) return equal(encode_dag_cbor(*content), section.data);
    const auto block = value_to_dag_pb(*content);
    return block && equal(*block, section.data);
}

/// Compares a CAR with the JSON file that describes it.
void run_description(const VectorFile& file, Report& report) {
    const Json description = parse_json(file);
    const VectorFile car_file(std::filesystem::path(file.path()).replace_extension(".car"));
    const auto car = parse_car(as_bytes(car_file.text()));
    const std::string name = file.path().stem();
    if (!car) return report.fail(name, car_file.path().string() + ": " + car.error().message());
    std::vector<Cid> roots;
    for (const auto& root : description.at("header").at("roots")) roots.push_back(cid_of(root));
    report.expect(roots == car->header.roots, name + " roots");
    const auto& blocks = description.at("blocks");
    report.expect(
        blocks.size() == car->sections.size(), name + " number of blocks",
        "the file has " + std::to_string(car->sections.size()) + " blocks, expected " + std::to_string(blocks.size()));
    for (std::size_t i = 0; i < std::min(blocks.size(), car->sections.size()); ++i)
        report.expect(is_as_described(blocks[i], car->sections[i], car_file.text()),
                      name + " block " + std::to_string(i), "the CID, an offset or the content differs");
}

class Cars final : public Suite {
  public:
    std::string_view name() const override { return "car"; }
    bool recognises(const VectorFile& file) const override {
        if (file.extension() == ".car") return true;
        return file.extension() == ".json" && file.text().contains("\"blockOffset\"");
    }
    void run(const VectorFile& file, Report& report) const override {
        if (file.extension() == ".car") return run_car(file, report);
        try {
            run_description(file, report);
        } catch (const Json::exception& error) {
            report.fail(file.name(), error.what());
        }
    }
};

}  // namespace

const Suite& cars() {
    static const Cars suite;
    return suite;
}

}  // namespace strata::conformance
