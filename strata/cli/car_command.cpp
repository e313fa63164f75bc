// strata car: CAR files on this machine, without a node. Source: ipld.io/specs/transport/car; specs.ipfs.tech/unixfs.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <set>

#include <nlohmann/json.hpp>

#include <strata/cli/car_blocks.hpp>
#include <strata/cli/local_verb.hpp>
#include <strata/cli/stream_file.hpp>
#include <strata/cli/terminal.hpp>
#include <strata/ipld/unixfs.hpp>
#include <strata/proofs/piece/commitment.hpp>
#include <strata/retrieval/dag_path.hpp>

namespace strata::cli {
namespace {

using api::Json;

constexpr std::size_t kMostAwaited = std::size_t{1} << 22;  // links to blocks that have not come yet
constexpr std::size_t kShownMissing = 20;

/// The owner of the machine chose the file, so its DAG may be as large as the CAR.
DagLimits limits() {
    return {.blocks = std::uint64_t{1} << 24, .bytes = std::uint64_t{1} << 50};
}

struct CarOptions : LocalOptions {
    std::filesystem::path input, output;
    std::string path;
    bool force = false, partial = false, block = false;
};

Json link(const Cid& cid) {
    return {{"/", cid.to_string()}};
}

/// Packs a file into a CAR: first its DAG is computed, then the CAR is written, root first, and the chunks are read
/// from the file again.
Result<Answer> pack(const CarOptions& options) {
    const auto watch = terminal_watch("strata car pack");
    STRATA_TRY(const auto file, open_random("FILE", options.input, watch));
    FileBlocks blocks(file);
    std::uint64_t offset = 0;
    const auto total = static_cast<double>(std::max<std::uint64_t>(file->size(), 1));
    STRATA_TRY(const auto dag, import_file(source_at(file, std::make_shared<std::uint64_t>(0)),
                                           [&](const Cid& cid, BytesView block) -> Status {
                                               if (cid.codec() != Codec::raw) return blocks.put_block(cid, block);
                                               blocks.note(cid, offset, block.size());
                                               offset += block.size();
                                               return watch.at("hashing", static_cast<double>(offset) / total);
                                           }));
    STRATA_TRY(auto out, OutputStream::create("-o", options.output, options.force));
    proofs::PieceCommitter committer;
    STRATA_OK(write_dag_car(
        blocks, dag.root,
        [&](BytesView bytes) -> Status {
            committer.update(bytes);
            STRATA_OK(watch.at("writing the CAR", std::min(1.0, static_cast<double>(out.size()) / total)));
            return out.write(bytes);
        },
        limits()));
    STRATA_OK(out.commit());
    STRATA_TRY(const auto piece, committer.finish());
    const auto commitment = proofs::piece_cid(piece.commitment);
    Answer answer{{{"CID", link(dag.root)},
                   {"File", options.input.string()},
                   {"Size", dag.size},
                   {"Blocks", dag.blocks},
                   {"CAR", options.output.string()},
                   {"CARSize", out.size()},
                   {"PieceCID", link(commitment)},
                   {"PieceSize", piece.padded_size}},
                  fact("CID", dag.root.to_string()) + fact("file", fmt::format("{} bytes", dag.size)) +
                      fact("CAR", fmt::format("{}  {} bytes", options.output.string(), out.size())) +
                      fact("piece", fmt::format("{}  {} bytes", commitment.to_string(), piece.padded_size))};
    // The standard output has the CAR itself.
    if (!is_standard(options.output)) return answer;
    clear_progress();
    fmt::print(stderr, "{}", options.json ? answer.json.dump() + "\n" : answer.text);
    answer.json = Json(Json::value_t::discarded);
    return answer;
}

/// Lists the blocks while the CAR is read.
Result<Answer> list(const CarOptions& options) {
    const auto watch = terminal_watch("strata car ls");
    STRATA_TRY(auto input, open_input("CAR", options.input, watch, "reading"));
    STRATA_TRY(auto reader, CarReader::open(std::move(input.source), CarEnd::at_empty_section));
    CarBlock block;
    bool is_first = true;
    for (;;) {
        STRATA_TRY(const bool is_there, reader.next(block));
        if (!is_there) break;
        if (options.json)
            fmt::print("{}{}", is_first ? "[\n" : ",\n",
                       Json{{"CID", link(block.cid)}, {"Size", block.data.size()}, {"Offset", block.offset}}.dump());
        else
            fmt::print("{}  {}\n", block.cid.to_string(), block.data.size());
        is_first = false;
    }
    if (options.json) fmt::print("{}\n", is_first ? "[]" : "\n]");
    return Answer{Json(Json::value_t::discarded), {}};
}

/// The blocks that came, and the links to those that did not come yet.
struct Census {
    CidSet seen;
    std::set<Cid> awaited;
    std::uint64_t blocks = 0, bytes = 0, repeated = 0, opaque = 0;

    Status await(const Cid& cid) {
        if (is_sector_commitment(cid) || cid.hash() == HashCode::identity || seen.contains(cid)) return {};
        awaited.insert(cid);
        if (awaited.size() <= kMostAwaited) return {};
        return fail(Errc::too_large, fmt::format("more than {} links lead to blocks that have not come; --partial "
                                                 "checks the blocks alone",
                                                 kMostAwaited));
    }
    Status add(const CarBlock& block, bool follows) {
        ++blocks;
        bytes += block.data.size();
        awaited.erase(block.cid);
        if (!seen.insert(block.cid)) {
            ++repeated;
            return {};
        }
        if (!follows) return {};
        const auto links = links_of(block.cid.codec(), block.data);
        if (!links && links.error().code() == Errc::unsupported) {
            ++opaque;
            return {};
        }
        if (!links) return links.error();
        for (const auto& one : *links) STRATA_OK(await(one));
        return {};
    }
};

/// Checks every block against its CID, and that no block is missing below the roots.
Result<Answer> verify(const CarOptions& options) {
    const auto watch = terminal_watch("strata car verify");
    STRATA_TRY(auto input, open_input("CAR", options.input, watch, "checking"));
    STRATA_TRY(auto reader, CarReader::open(std::move(input.source), CarEnd::at_empty_section));
    Census census;
    Json roots = Json::array();
    for (const auto& root : reader.header().roots) {
        roots.push_back(link(root));
        if (!options.partial) STRATA_OK(census.await(root));
    }
    CarBlock block;
    for (;;) {
        STRATA_TRY(const bool is_there, reader.next(block));
        if (!is_there) break;
        STRATA_OK(census.add(block, !options.partial));
    }
    STRATA_OK(reader.check_padding());
    Json missing = Json::array();
    std::string text = fact("roots", std::to_string(roots.size()));
    for (const auto& root : roots) text += fact("", member_text(root, "/"));
    text += fact("blocks", fmt::format("{}, all match their CIDs; {} bytes", census.blocks, census.bytes));
    if (census.repeated != 0) text += fact("repeated", std::to_string(census.repeated));
    if (census.opaque != 0)
        text += fact("not looked into", fmt::format("{} blocks of codecs that are not known here", census.opaque));
    for (const auto& cid : census.awaited) {
        if (missing.size() == kShownMissing) break;
        missing.push_back(link(cid));
        text += fact("missing", cid.to_string());
    }
    const bool is_complete = census.awaited.empty();
    if (options.partial)
        text += fact("complete", "not asked");
    else if (is_complete)
        text += fact("complete", "yes: all blocks below the roots are here");
    else
        text +=
            fact("complete", fmt::format("no: {} blocks are missing; --partial accepts that", census.awaited.size()));
    return Answer{{{"Roots", roots},
                   {"Blocks", census.blocks},
                   {"Bytes", census.bytes},
                   {"Repeated", census.repeated},
                   {"Opaque", census.opaque},
                   {"Complete", options.partial ? Json() : Json(is_complete)},
                   {"MissingCount", census.awaited.size()},
                   {"Missing", missing}},
                  text,
                  is_complete ? 0 : 1};
}

/// Splits "CID/name/name", or "/name" below the CAR's only root.
Result<std::pair<Cid, std::vector<std::string>>> place_in(const CarHeader& header, const std::string& text) {
    std::vector<std::string> names;
    for (std::size_t at = 0; at <= text.size();) {
        const auto end = std::min(text.find('/', at), text.size());
        if (end > at) names.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    if (!names.empty() && !text.starts_with('/')) {
        STRATA_OK(parse_cid(names.front()));
        STRATA_TRY(const auto root, Cid::parse(names.front()));
        names.erase(names.begin());
        return std::pair(root, std::move(names));
    }
    if (header.roots.size() != 1)
        return fail(Errc::invalid_argument,
                    fmt::format("the CAR has {} roots; name a CID, with a path after it", header.roots.size()));
    return std::pair(header.roots.front(), std::move(names));
}

/// Writes a file of the CAR, or with --block one block as it is.
Result<Answer> get(const CarOptions& options) {
    const auto watch = terminal_watch("strata car get");
    STRATA_TRY(const auto file, open_random("CAR", options.input, watch));
    STRATA_TRY(const auto car, open_car(file, watch));
    STRATA_TRY(const auto place, place_in(car.header, options.path));
    STRATA_TRY(const auto path, retrieval::resolve_path(*car.blocks, place.first, place.second));
    STRATA_TRY(auto out, OutputStream::create("-o", options.output, options.force));
    if (options.block) {
        STRATA_TRY(const auto block, verified_block(*car.blocks, path.target()));
        STRATA_OK(out.write(block));
    } else {
        auto done = export_file(
            *car.blocks, path.target(),
            [&](BytesView bytes) -> Status {
                STRATA_OK(watch.at(fmt::format("writing, {} MiB", out.size() >> 20), 0));
                return out.write(bytes);
            },
            limits());
        if (!done && done.error().code() == Errc::unsupported)
            return std::move(done).error().with_context(path.target().to_string() +
                                                        " is not a file; name one below it, or give --block");
        if (!done) return std::move(done).error();
    }
    STRATA_OK(out.commit());
    if (is_standard(options.output)) return Answer{Json(Json::value_t::discarded), {}};
    return Answer{{{"CID", link(path.target())}, {"File", options.output.string()}, {"Size", out.size()}},
                  fact("file", fmt::format("{}  {} bytes", options.output.string(), out.size())) +
                      fact("CID", path.target().to_string())};
}

}  // namespace

void add_car(CLI::App& app, Run& run) {
    auto* car = app.add_subcommand("car", "CAR files on this machine; no node is needed");
    car->require_subcommand(1);
    {
        auto [verb, options] =
            add_local_verb<CarOptions>(*car, run, "pack", "pack a file into a CAR, as strata put does",
                                       "strata car pack picture.png -o picture.car", pack);
        verb->add_option("FILE", options->input, "the file; - is the standard input")->required();
        verb->add_option("-o,--output", options->output, "the CAR; - is the standard output")->required();
        verb->add_flag("--force", options->force, "replace an existing file");
    }
    {
        auto [verb, options] = add_local_verb<CarOptions>(*car, run, "ls", "list the blocks of a CAR with their sizes",
                                                          "strata car ls picture.car", list);
        verb->add_option("CAR", options->input, "the CAR; - is the standard input")->required();
    }
    {
        auto [verb, options] = add_local_verb<CarOptions>(
            *car, run, "verify", "check all blocks of a CAR, and that none is missing; exit code 1 if one is",
            "strata car verify picture.car", verify);
        verb->add_option("CAR", options->input, "the CAR; - is the standard input")->required();
        verb->add_flag("--partial", options->partial, "do not ask whether blocks are missing, as in a part of a DAG");
    }
    auto [verb, options] = add_local_verb<CarOptions>(*car, run, "get", "write a file that is packed in a CAR",
                                                      "strata car get picture.car -o picture.png", get);
    verb->add_option("CAR", options->input, "the CAR; - is the standard input")->required();
    verb->add_option("PATH", options->path, "CID/name/…, or /name/… below the root (default: the root)");
    verb->add_option("-o,--output", options->output, "where the file is written; - is the standard output")->required();
    verb->add_flag("--block", options->block, "write the one block as it is, instead of a file");
    verb->add_flag("--force", options->force, "replace an existing file");
}

}  // namespace strata::cli
