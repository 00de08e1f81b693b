import com.google.gson.Gson;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Date;
import java.util.List;
import java.util.Map;

/** Reads a task and its stages as the Java master does: with Gson, into classes of these fields. One JSON a line; prints what it has read. */
public final class JavaReader {
  enum TaskStatus { NEW, RUNNING, COMPLETED, FAILED }
  enum StageStatus { WAITING, RUNNING, PREPARED, COMPLETED, SUSPEND }

  static final class Task {
    String planName;
    Date submitTime;
    Date startTime;
    Date completeTime;
    TaskStatus taskStatus;
    List<String> stageIdList;
  }

  static final class Metadata { String name; String namespace; }
  static final class Variable { String name; String value; }
  static final class Mount { String mountPath; String name; }
  static final class Container {
    List<String> args; List<String> command; List<Variable> env;
    String image; String imagePullPolicy; String name; List<Mount> volumeMounts;
  }
  static final class PodSpec { List<Container> containers; String restartPolicy; List<Map<String, Object>> volumes; }
  static final class Template { PodSpec spec; }
  static final class JobSpec { Template template; }
  static final class Job { Metadata metadata; JobSpec spec; }

  static final class Stage {
    String stageId;
    String platformName;
    Integer retryCounts;
    List<String> parentStageIds;
    List<String> childStageIds;
    Job jobInfo;
    Date startTime;
    Date completeTime;
    StageStatus stageStatus;
    String outputDataPath;
  }

  public static void main(String[] args) throws Exception {
    Gson gson = new Gson();
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    Task task = gson.fromJson(lines.readLine(), Task.class);
    System.out.println(task.planName + " " + task.taskStatus + " " + time(task.submitTime) + " " + time(task.startTime)
        + " " + time(task.completeTime) + " " + String.join(",", task.stageIdList));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      Stage stage = gson.fromJson(line, Stage.class);
      Container container = stage.jobInfo.spec.template.spec.containers.get(0);
      System.out.println(stage.stageId + " " + stage.platformName + " " + stage.stageStatus + " " + stage.retryCounts + " "
          + stage.parentStageIds + stage.childStageIds + " " + time(stage.startTime) + " " + time(stage.completeTime) + " "
          + stage.outputDataPath + " " + container.image + " " + container.command + container.args);
      // What it writes is read again by ours.
      System.out.println(gson.toJson(stage));
    }
    System.out.println(gson.toJson(task));
  }

  private static String time(Date date) {
    return date == null ? "-" : String.valueOf(date.getTime());
  }
}
