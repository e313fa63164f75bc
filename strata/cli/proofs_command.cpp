// strata proofs constraints: prints counts, a fingerprint or the text of a circuit's rows.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <nlohmann/json.hpp>

#include <strata/base/hex.hpp>
#include <strata/cli/commands.hpp>
#include <strata/cli/terminal.hpp>
#include <strata/proofs/circuit/circuits.hpp>
#include <strata/proofs/circuit/shapes.hpp>

namespace strata::cli {
namespace {

struct Constraints {
    std::string circuit;
    std::string sector;
    std::string rows;  // "A..B"
    std::uint64_t every = 100'000;
    bool checkpoints = false;
    bool count_only = false;
    bool json = false;
};

Result<std::pair<std::uint64_t, std::uint64_t>> parse_range(const std::string& text) {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    const auto* end = text.data() + text.size();
    const auto from = std::from_chars(text.data(), end, first);
    const auto rest = std::string_view(from.ptr, end);
    if (from.ec != std::errc{} || !rest.starts_with(".."))
        return fail(Errc::invalid_argument, "--rows: expected A..B with A less than B, got \"" + text + "\"");
    const auto to = std::from_chars(from.ptr + 2, end, last);
    if (to.ec != std::errc{} || to.ptr != end || first >= last)
        return fail(Errc::invalid_argument, "--rows: expected A..B with A less than B, got \"" + text + "\"");
    return std::pair(first, last);
}

Result<proofs::BlankCircuit> chosen_circuit(const Constraints& options) {
    STRATA_TRY(const auto kind, proofs::parse_circuit_kind(options.circuit));
    STRATA_TRY(const auto size, proofs::parse_sector_bytes(options.sector));
    return proofs::blank_circuit(kind, size);
}

Status print_rows(const proofs::BlankCircuit& circuit, const std::string& range) {
    STRATA_TRY(const auto rows, parse_range(range));
    proofs::RowPrinter printer(rows.first, rows.second);
    circuit.rows(printer);
    for (const auto& line : printer.lines()) fmt::print("{}\n", line);
    return {};
}

/// The names of the fields are those of the vectors in proofs/cs_hash.json.
nlohmann::ordered_json describe(const Constraints& options, const proofs::Counts& counts) {
    return {{"circuit", options.circuit},
            {"sector", options.sector},
            {"inputs_with_one", counts.inputs},
            {"aux", counts.aux},
            {"rows", counts.rows}};
}

void add_digests(nlohmann::ordered_json& out, const proofs::RowDigests& digests, std::uint64_t every) {
    out["row_bytes"] = digests.bytes;
    out["hash"] = to_hex(digests.total);
    if (every == 0) return;
    out["segment_rows"] = every;
    for (const auto& segment : digests.segments) out["segments"].push_back(to_hex(segment));
}

void print(const nlohmann::ordered_json& out, bool json) {
    if (json) return fmt::print("{}\n", out.dump(1));
    for (const auto& [key, value] : out.items()) {
        if (!value.is_array()) {
            fmt::print("{}: {}\n", key, value.is_string() ? value.get<std::string>() : value.dump());
            continue;
        }
        for (std::size_t i = 0; i < value.size(); ++i) fmt::print("{} {}: {}\n", key, i, value[i].get<std::string>());
    }
}

// A fingerprint hashes every row of the circuit, which takes long for large sectors; counts alone are cheap.
Status run_constraints(const Constraints& options) {
    STRATA_TRY(const auto circuit, chosen_circuit(options));
    if (!options.rows.empty()) return print_rows(circuit, options.rows);
    if (options.count_only) {
        print(describe(options, circuit.counts()), options.json);
        return {};
    }
    const std::uint64_t every = options.checkpoints ? options.every : 0;
    const auto result = proofs::fingerprint(circuit, every);
    auto out = describe(options, result.counts);
    add_digests(out, result.digests, every);
    print(out, options.json);
    return {};
}

void add_constraints(CLI::App& proofs, Run& run) {
    auto options = std::make_shared<Constraints>();
    auto* verb = proofs.add_subcommand(
        "constraints", "print the counts and the fingerprint of a circuit's rows; the rows must match mainnet's keys");
    verb->add_option("--circuit", options->circuit, "porep, winning, window or update")->required();
    verb->add_option("--sector", options->sector, "sector size: 2KiB, 8MiB, 512MiB, 32GiB or 64GiB")->required();
    verb->add_option("--rows", options->rows, "print the rows A..B (B excluded) as text instead");
    verb->add_flag("--checkpoints", options->checkpoints, "also print digests of groups of rows");
    verb->add_option("--every", options->every, "with --checkpoints: the number of rows in a group (default 100000)")
        ->check(CLI::PositiveNumber);
    verb->add_flag("--count-only", options->count_only, "print the counts only, without hashing the rows");
    verb->add_flag("--json", options->json, "print the result as JSON");
    verb->callback([options, &run] { run = [options] { return exit_code_of(run_constraints(*options)); }; });
}

}  // namespace

void add_proofs(CLI::App& app, Run& run) {
    auto* proofs = app.add_subcommand("proofs", "seal and prove sectors, check proofs, inspect circuits");
    proofs->require_subcommand(1);
    add_constraints(*proofs, run);
    add_proofs_setup(*proofs, run);
    add_proofs_seal(*proofs, run);
    add_proofs_post(*proofs, run);
    add_proofs_verify(*proofs, run);
}

}  // namespace strata::cli
