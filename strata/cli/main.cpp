#include <strata/cli/main.hpp>

#include <CLI/CLI.hpp>

namespace strata::cli {

int run(int argc, char** argv) {
    CLI::App app{"Strata: Filecoin in one program"};
    app.require_subcommand(1);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error);
    }
    return 0;
}

}  // namespace strata::cli
