// Runs ipld/codec-fixtures: the same value in DAG-CBOR, DAG-JSON and DAG-PB, each file named by its CID; and inputs
// that a codec must refuse (negative-fixtures/CODEC/decode, .../encode).
#include <nlohmann/json.hpp>

#include <strata/conformance/codec_fixtures.hpp>
#include <strata/conformance/json.hpp>
#include <strata/ipld/data_model.hpp>

namespace strata::conformance {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kCodecs[] = {"dag-cbor", "dag-json", "dag-pb"};

bool is_codec(std::string_view name) {
    return std::ranges::find(kCodecs, name) != std::end(kCodecs);
}

Result<Value> decode_block(std::string_view codec, BytesView block) {
    if (codec == "dag-cbor") return decode_dag_cbor(block);
    if (codec == "dag-json") return decode_dag_json(as_text(block));
    return dag_pb_to_value(block);
}

Result<Bytes> encode_block(std::string_view codec, const Value& value) {
    if (codec == "dag-cbor") return encode_dag_cbor(value);
    if (codec == "dag-json") return to_bytes(as_bytes(encode_dag_json(value)));
    return value_to_dag_pb(value);
}

/// Returns "dag-cbor" for a fixture file `CID.dag-cbor`; empty for a file without an ending.
std::string codec_of(const fs::path& path) {
    const auto extension = path.extension().string();
    return extension.size() > 1 ? extension.substr(1) : "";
}

// The folder has a file of the same value for each codec. The value of `file`, encoded in each of these codecs, must
// hash to the CID that is the name of that codec's file.
void run_fixture(const VectorFile& file, Report& report) {
    const auto codec = codec_of(file.path());
    const auto folder = file.path().parent_path();
    const std::string name = folder.filename().string() + " " + codec;
    const auto block = as_bytes(file.text());
    const auto cid = Cid::parse(file.path().stem().string());
    if (!cid) return report.fail(name, "the file name is not a CID: " + cid.error().message());
    report.expect(cid->matches(block).value_or(false), name + " matches its CID");
    const auto value = decode_block(codec, block);
    if (!value) return report.fail(name + " decodes", value.error().message());
    for (const auto& entry : fs::directory_iterator(folder)) {
        const auto other = codec_of(entry.path());
        if (!is_codec(other)) continue;
        const auto wanted = Cid::parse(entry.path().stem().string());
        const auto got = encode_block(other, *value);
        const bool ok = wanted && got && wanted->matches(*got).value_or(false);
        report.expect(ok, name + " as " + other,
                      got ? "the encoded block does not match the CID of the file" : got.error().message());
    }
}

// Runs a file of inputs that must fail: decoding for {"name", "hex"}, encoding the value for {"name", "dag-json"}.
void run_negative(const VectorFile& file, Report& report) {
    const auto codec = file.path().parent_path().parent_path().filename().string();
    for (const auto& test : parse_json(file)) {
        const std::string name = codec + " refuses " + test.value("name", "");
        if (test.contains("hex")) {
            report.expect(!decode_block(codec, hex_of(test.at("hex"))), name, "the input was accepted");
            continue;
        }
        const auto value = decode_dag_json(test.at("dag-json").dump());
        if (!value) {
            report.fail(name, "the input cannot be decoded: " + value.error().message());
            continue;
        }
        report.expect(!encode_block(codec, *value), name, "the value was encoded");
    }
}

bool is_negative(const VectorFile& file) {
    const auto codec = file.path().parent_path().parent_path().filename().string();
    return file.extension() == ".json" && is_codec(codec) && file.text().contains("\"error\"");
}

class CodecFixtures final : public Suite {
  public:
    std::string_view name() const override { return "codec fixtures"; }
    bool recognises(const VectorFile& file) const override {
        return is_codec(codec_of(file.path())) || is_negative(file);
    }
    void run(const VectorFile& file, Report& report) const override {
        try {
            is_codec(codec_of(file.path())) ? run_fixture(file, report) : run_negative(file, report);
        } catch (const Json::exception& error) {
            report.fail(file.name(), error.what());
        }
    }
};

}  // namespace

const Suite& codec_fixtures() {
    static const CodecFixtures suite;
    return suite;
}

}  // namespace strata::conformance
