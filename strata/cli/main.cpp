#include <strata/cli/main.hpp>

#include <CLI/CLI.hpp>

#include <strata/cli/commands.hpp>

namespace strata::cli {

int run(int argc, char** argv) {
    CLI::App app{"Strata: Filecoin in one program"};
    app.require_subcommand(1);
    Run chosen;
    add_demo(app, chosen);
    add_devnet(app, chosen);
    add_vectors(app, chosen);
    add_proofs(app, chosen);
    add_chain(app, chosen);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error);
    }
    return chosen();
}

}  // namespace strata::cli
