// Reads a network as the server does, its layers named as another version of OpenCV names them: layers_as_read MODEL ROWS COLUMNS
// OUTPUT..., with a line "name type" for each layer on standard input. Prints what the server makes of it.
#include <iostream>
#include <sstream>

#include "convolution_graph.h"
#include "network.h"

int main(int count, char **arguments) {
  const std::string path = arguments[1];
  const std::vector<std::string> outputs(arguments + 4, arguments + count);
  examface::Network network(path, outputs);
  cv::dnn::Net net = network.net();
  std::string name, type;
  int named = 0;
  while (std::cin >> name >> type) {
    net.getLayer(net.getLayerId(name))->type = type;
    named++;
  }
  try {
    const examface::ConvolutionGraph graph(net, path, cv::Size(std::stoi(arguments[3]), std::stoi(arguments[2])), outputs);
    std::ostringstream sums;
    for (const auto &step : graph.steps) {
      sums << step.in << ">" << step.out << "+" << step.added << " ";
    }
    std::cout << named << " " << graph.steps.size() << " " << graph.activations.size() << " " << sums.str() << "\n";
  } catch (const examface::BadModel &problem) {
    std::cout << problem.what() << "\n";
    return 1;
  }
}
