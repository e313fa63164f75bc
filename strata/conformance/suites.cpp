#include <array>

#include <strata/conformance/api_samples.hpp>
#include <strata/conformance/cars.hpp>
#include <strata/conformance/codec_fixtures.hpp>
#include <strata/conformance/ipld_collections.hpp>
#include <strata/conformance/json.hpp>
#include <strata/conformance/lotus_chain.hpp>
#include <strata/conformance/lotus_sectors.hpp>
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
    static const std::array<const Suite*, 15> all{
        &codec_fixtures(),  &multiformats(),         &cars(),
        &serialization(),   &ipld_collections(),     &sequences(),
        &proofs_circuits(), &proofs_groth16_prove(), &proofs_vanilla(),
        &lotus_sectors(),   &wycheproof(),           &proofs_verify(),
        &api_samples(),     &lotus_chain(),          &waiting(),
    };
    return all;
}

const Suite* run_file(const VectorFile& file, Report& report) {
    for (const auto* suite : suites()) {
        if (!suite->recognises(file)) continue;
        if (const auto problem = file.problem(); !problem.empty()) {
            report.fail("file", problem);
            return suite;
        }
        try {
            suite->run(file, report);
        } catch (const std::exception& error) {
            report.fail("file", std::string("damaged: ") + error.what());
        }
        return suite;
    }
    if (const auto problem = file.problem(); !problem.empty()) {
        report.fail("file", problem);
    } else if (file.path().extension() == ".json" && parse_json(file).is_discarded()) {
        report.fail("file", "damaged: this is no JSON");
    }
    return nullptr;
}

}  // namespace strata::conformance
