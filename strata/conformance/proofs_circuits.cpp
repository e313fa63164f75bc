// Runs vectors/proofs/cs_hash.json: counts and fingerprints of the blank circuits of the reference crates.
#include <nlohmann/json.hpp>

#include <strata/base/hex.hpp>
#include <strata/conformance/json.hpp>
#include <strata/conformance/proofs_circuits.hpp>
#include <strata/proofs/circuit/circuits.hpp>
#include <strata/proofs/circuit/shapes.hpp>

namespace strata::conformance {
namespace {

using proofs::BlankCircuit;
using proofs::Counts;

// With more rows than this (PoRep and WindowPoSt of 32 and 64 GiB), a fingerprint takes more than a minute and runs
// only with --slow.
constexpr std::size_t kSlowRows = 100'000'000;

std::string text_of(const Counts& counts) {
    return std::to_string(counts.inputs) + " inputs, " + std::to_string(counts.aux) + " aux, " +
           std::to_string(counts.rows) + " rows";
}

/// Names the first segment of rows whose hash differs; empty if there is none.
std::string first_difference(const std::vector<Hash256>& ours, const Json& theirs, std::uint64_t segment_rows) {
    for (std::size_t i = 0; i < std::min(ours.size(), theirs.size()); ++i)
        if (to_hex(ours[i]) != theirs[i].get<std::string>())
            return "the segment that begins at row " + std::to_string(i * segment_rows) + " differs";
    return ours.size() == theirs.size() ? ""
                                        : "there are " + std::to_string(ours.size()) + " segments of rows, expected " +
                                              std::to_string(theirs.size());
}

void run_rows(const Json& test, const BlankCircuit& circuit, const std::string& name, Report& report) {
    const auto every = test.value("segment_rows", std::uint64_t{0});
    const auto got = proofs::fingerprint(circuit, every);
    auto difference = every == 0 ? "" : first_difference(got.digests.segments, test.at("segments"), every);
    if (difference.empty() && got.digests.bytes != test.at("row_bytes").get<std::uint64_t>())
        difference =
            "the rows have " + std::to_string(got.digests.bytes) + " bytes, expected " + test.at("row_bytes").dump();
    if (difference.empty() && to_hex(got.digests.total) != test.at("hash").get<std::string>())
        difference = "the hash is " + to_hex(got.digests.total) + ", expected " + test.at("hash").get<std::string>();
    report.expect(difference.empty(), name + " rows", difference);
}

void run_case(const Json& test, Report& report) {
    const std::string kind_name = test.at("circuit");
    const std::string size_name = test.at("sector");
    const auto name = kind_name + " " + size_name;
    const auto kind = proofs::parse_circuit_kind(kind_name);
    const auto size = proofs::parse_sector_bytes(size_name);
    if (!kind) return report.fail(name, kind.error().message());
    if (!size) return report.fail(name, size.error().message());
    const auto circuit = proofs::blank_circuit(*kind, *size);
    if (!circuit) return report.fail(name, circuit.error().message());

    const Counts wanted{.inputs = test.at("inputs_with_one"), .aux = test.at("aux"), .rows = test.at("rows")};
    const auto counts = circuit->counts();
    report.expect(counts == wanted, name + " counts", text_of(counts) + "; expected " + text_of(wanted));
    if (counts != wanted) return;
    if (wanted.rows > kSlowRows && !report.slow()) {
        report.skip(name + " rows", "the case takes more than a minute; --slow runs it");
        return;
    }
    run_rows(test, *circuit, name, report);
}

class ProofsCircuits final : public Suite {
  public:
    std::string_view name() const override { return "proofs circuits"; }
    bool recognises(const VectorFile& file) const override {
        return file.extension() == ".json" && file.text().contains("\"inputs_with_one\"") &&
               file.text().contains("\"row_bytes\"");
    }
    void run(const VectorFile& file, Report& report) const override {
        const Json document = parse_json(file);
        if (!document.is_object() || !document.at("cases").is_array() || document.at("cases").empty())
            return report.fail(file.name(), "the file has no cases");
        for (const auto& test : document.at("cases")) {
            try {
                run_case(test, report);
            } catch (const Json::exception& error) {
                report.fail(test.dump().substr(0, 80), error.what());
            }
        }
    }
};

}  // namespace

const Suite& proofs_circuits() {
    static const ProofsCircuits suite;
    return suite;
}

}  // namespace strata::conformance
