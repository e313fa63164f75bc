// strata pieces: the commitment of data on this machine, without a node. Source: FIP-0003, FRC-0069.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include <nlohmann/json.hpp>

#include <strata/cli/local_verb.hpp>
#include <strata/cli/stream_file.hpp>
#include <strata/cli/terminal.hpp>
#include <strata/proofs/piece/commitment.hpp>
#include <strata/retrieval/piece_name.hpp>
#include <strata/types/piece.hpp>

namespace strata::cli {
namespace {

using api::Json;

struct CommpOptions : LocalOptions {
    std::filesystem::path file;
    std::uint64_t size = kMinPieceSize;
};

Result<Answer> commp(const CommpOptions& options) {
    const auto watch = terminal_watch("strata pieces commp");
    STRATA_TRY(const auto input, open_input("FILE", options.file, watch, "hashing"));
    proofs::PieceCommitter committer;
    Bytes buffer(std::size_t{1} << 20);
    std::uint64_t size = 0;
    for (;;) {
        STRATA_TRY(const auto got, read_full(input.source, buffer));
        if (got == 0) break;
        committer.update(BytesView(buffer).first(got));
        size += got;
    }
    auto piece = committer.finish(options.size);
    if (!piece) return std::move(piece).error().with_context(fmt::format("--piece-size {}", options.size));
    const auto cid = proofs::piece_cid(piece->commitment);
    Json name;
    std::string text = fact("piece", cid.to_string()) +
                       fact("piece size", fmt::format("{} bytes", piece->padded_size)) +
                       fact("data", fmt::format("{} bytes", size));
    if (const auto version_2 = retrieval::piece_cid_v2(cid, {piece->padded_size, size})) {
        name = {{"/", version_2->to_string()}};
        text += fact("version 2", version_2->to_string());
    }
    return Answer{{{"PieceCID", {{"/", cid.to_string()}}},
                   {"PieceCIDv2", name},
                   {"PieceSize", piece->padded_size},
                   {"DataSize", size}},
                  text};
}

}  // namespace

void add_pieces(CLI::App& app, Run& run) {
    auto* pieces = app.add_subcommand("pieces", "pieces of data on this machine; no node is needed");
    pieces->require_subcommand(1);
    auto [verb, options] =
        add_local_verb<CommpOptions>(*pieces, run, "commp", "compute the piece CID (CommP) of a file, such as a CAR",
                                     "strata pieces commp picture.car", commp);
    verb->add_option("FILE", options->file, "the file; - is the standard input")->required();
    verb->add_option("--piece-size", options->size, "pad to at least this size in bytes, a power of two")
        ->capture_default_str();
}

}  // namespace strata::cli
