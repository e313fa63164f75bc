#include <array>
#include <nlohmann/json.hpp>

#include <strata/conformance/api_samples.hpp>
#include <strata/conformance/cars.hpp>
#include <strata/conformance/codec_fixtures.hpp>
#include <strata/conformance/ipld_collections.hpp>
#include <strata/conformance/json.hpp>
#include <strata/conformance/lotus_chain.hpp>
#include <strata/conformance/lotus_sectors.hpp>
#include <strata/conformance/lotus_traces.hpp>
#include <strata/conformance/multiformats.hpp>
#include <strata/conformance/proofs_circuits.hpp>
#include <strata/conformance/proofs_groth16_prove.hpp>
#include <strata/conformance/proofs_vanilla.hpp>
#include <strata/conformance/proofs_verify.hpp>
#include <strata/conformance/sequences.hpp>
#include <strata/conformance/serialization.hpp>
#include <strata/conformance/suite.hpp>
#include <strata/conformance/waiting.hpp>
#include <strata/conformance/wycheproof.hpp>

namespace strata::conformance {

std::span<const Suite* const> suites() {
    static const std::array<const Suite*, 16> all{
        &codec_fixtures(),  &multiformats(),         &cars(),
        &serialization(),   &ipld_collections(),     &sequences(),
        &proofs_circuits(), &proofs_groth16_prove(), &proofs_vanilla(),
        &lotus_sectors(),   &wycheproof(),           &proofs_verify(),
        &api_samples(),     &lotus_chain(),          &lotus_traces(),
        &waiting(),
    };
    return all;
}

bool is_description(const std::filesystem::path& path) {
    const std::string name = path.filename();
    return path.extension() == ".md" || name.starts_with('.') || name.starts_with("LICENSE");
}

namespace {

std::string why_unknown(const VectorFile& file) {
    if (file.text().empty()) return "the file is empty";
    if (file.extension() == ".json" && parse_json(file).is_discarded()) return "damaged: this is not JSON";
    return "no suite knows this format; name the files or folders that hold vectors";
}

}  // namespace

const Suite* run_file(const VectorFile& file, Report& report) {
    if (const auto problem = file.problem(); !problem.empty()) {
        report.fail("file", problem);
        return nullptr;
    }
    const auto* const suite = [&]() -> const Suite* {
        for (const auto* candidate : suites())
            if (candidate->recognises(file)) return candidate;
        return nullptr;
    }();
    if (suite == nullptr) {
        report.fail("file", why_unknown(file));
        return nullptr;
    }
    const auto before = report.outcomes().size();
    try {
        suite->run(file, report);
    } catch (const std::exception& error) {
        report.fail("file", std::string("damaged: ") + error.what());
    }
    if (report.outcomes().size() == before) report.fail("file", "the file has no cases");
    return suite;
}

}  // namespace strata::conformance
