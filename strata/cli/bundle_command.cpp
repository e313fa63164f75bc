// strata bundle import|show|list: the official actors as WASM code, which come as files beside the program.
#include <fmt/core.h>

#include <CLI/CLI.hpp>

#include <strata/cli/commands.hpp>
#include <strata/cli/exit_codes.hpp>
#include <strata/cli/home.hpp>
#include <strata/cli/terminal.hpp>
#include <strata/terminal/report.hpp>
#include <strata/wasm/bundle.hpp>

namespace strata::cli {
namespace {

struct Options {
    std::string file;
    std::string folder = (cache_folder() / "bundles").string();
};

using Rows = std::vector<std::vector<std::string>>;

void print_table(const Rows& rows) {
    terminal::Report(stdout).table(rows);
}

std::vector<std::string> row_of(const wasm::BundleFile& file) {
    std::size_t size = 0;
    for (const auto& [code, bytes] : file.bundle.codes) size += bytes.size();
    return {file.network, std::to_string(file.bundle.manifest.codes.size()), std::to_string(size),
            file.bundle.root.to_string(), file.bundle.manifest_data.to_string()};
}

Rows heading() {
    return {{"network", "actors", "bytes of code", "manifest", "data of the manifest"}};
}

int run_import(const Options& options) {
    if (const auto file = check_regular_file("FILE", options.file); !file) return exit_code_of(file);
    const auto bundles = wasm::read_bundles(options.file);
    if (!bundles) return exit_code_of(bundles.error());
    Rows rows = heading();
    for (const auto& bundle : *bundles) {
        const auto kept = wasm::keep_bundle(bundle, options.folder);
        if (!kept) return exit_code_of(kept.error());
        rows.push_back(row_of(bundle));
    }
    print_table(rows);
    fmt::print("{} bundles are in {}\n", bundles->size(), options.folder);
    return kDone;
}

int run_list(const Options& options) {
    const auto paths = wasm::bundles_below(options.folder);
    if (!paths) return exit_code_of(paths.error());
    Rows rows = heading();
    for (const auto& [path, root] : *paths) {
        const auto bundles = wasm::read_bundles(path);
        if (!bundles) return exit_code_of(bundles.error());
        for (const auto& bundle : *bundles) rows.push_back(row_of(bundle));
    }
    std::ranges::sort(rows.begin() + 1, rows.end());  // by network; the heading stays
    print_table(rows);
    return kDone;
}

int run_show(const Options& options) {
    if (const auto file = check_regular_file("FILE", options.file); !file) return exit_code_of(file);
    const auto bundles = wasm::read_bundles(options.file);
    if (!bundles) return exit_code_of(bundles.error());
    for (const auto& [network, bundle, car] : *bundles) {
        fmt::print("{}: manifest {}, data of the manifest {}\n", network, bundle.root.to_string(),
                   bundle.manifest_data.to_string());
        Rows rows{{"actor", "type", "bytes", "code"}};
        for (const auto& [type, code] : bundle.manifest.codes)
            rows.push_back({std::string(vm::actor_type_name(type)), std::to_string(static_cast<int>(type)),
                            std::to_string(bundle.codes.at(code).size()), code.to_string()});
        print_table(rows);
    }
    return kDone;
}

}  // namespace

void add_bundle(CLI::App& app, Run& run) {
    auto* bundle = app.add_subcommand("bundle", "the official actors as WASM code");
    bundle->require_subcommand(1);
    auto options = std::make_shared<Options>();
    constexpr const char* kFile = "bundle: a CAR, or a tar archive with CARs; either may be packed with zstd or gzip";

    auto* add = bundle->add_subcommand("import", "check a bundle and keep it for later runs");
    add->add_option("FILE", options->file, kFile)->required();
    add->add_option("--to", options->folder, "folder for bundles")->capture_default_str();
    add->callback([options, &run] { run = [options] { return run_import(*options); }; });

    auto* show = bundle->add_subcommand("show", "check a bundle and print its actors");
    show->add_option("FILE", options->file, kFile)->required();
    show->callback([options, &run] { run = [options] { return run_show(*options); }; });

    auto* list = bundle->add_subcommand("list", "print the bundles that were imported");
    list->add_option("FOLDER", options->folder, "folder for bundles")->capture_default_str();
    list->callback([options, &run] { run = [options] { return run_list(*options); }; });
}

}  // namespace strata::cli
